"use client";

import { useCallback, useLayoutEffect, useRef, useState } from "react";

/** Within this distance of the end, the list counts as scrolled to the end. */
const END_THRESHOLD_PX = 60;

/**
 * Keeps a conversation's scroll position. At the end it follows new messages; otherwise the message at the top stays
 * in position while rows are added above or below. The scroller is `column-reverse`: its end is at zero, so it starts
 * there before any script has run.
 *
 * @param rows  the shown rows; a new list may have moved the anchor
 * @param includesNewest  the window reaches the newest message: only then is its end the end of the conversation
 */
export function useScrollAnchor(rows: readonly unknown[], includesNewest: boolean) {
  const scroller = useRef<HTMLDivElement>(null);
  const anchor = useRef<{ element: Element; top: number } | null>(null);
  const [atEnd, setAtEnd] = useState(true);

  const onScroll = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    const isAtEnd = box.scrollTop > -END_THRESHOLD_PX;
    setAtEnd(isAtEnd);
    anchor.current = isAtEnd && includesNewest ? null : firstVisible(box);
  }, [includesNewest]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows may have moved the anchor
  useLayoutEffect(() => {
    const box = scroller.current;
    const saved = anchor.current;
    if (box && saved?.element.isConnected) {
      box.scrollTop += saved.element.getBoundingClientRect().top - saved.top;
    }
    onScroll();
  }, [rows, onScroll]);

  const scrollToEnd = useCallback((smooth = false) => {
    anchor.current = null;
    const isAnimated = smooth && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    scroller.current?.scrollTo({ top: 0, behavior: isAnimated ? "smooth" : "instant" });
  }, []);
  /** Call before scrolling to another message, or the next render scrolls back to the anchor. */
  const releaseAnchor = useCallback(() => {
    anchor.current = null;
  }, []);
  return { scroller, atEnd, onScroll, scrollToEnd, releaseAnchor };
}

function firstVisible(box: HTMLElement): { element: Element; top: number } | null {
  const { top } = box.getBoundingClientRect();
  for (const element of box.querySelectorAll("article")) {
    const rect = element.getBoundingClientRect();
    if (rect.bottom > top) return { element, top: rect.top };
  }
  return null;
}
