"use client";

import { useCallback, useLayoutEffect, useRef, useState } from "react";

/** So near the end one counts as being there. */
const END_THRESHOLD_PX = 60;

/**
 * Keeps a conversation's place. At the end it stays at the end as messages come; elsewhere what one reads stays where
 * it is, whatever comes above or below. The scroller is `column-reverse`: its end is at zero, so it begins there before
 * any script has run.
 *
 * @param rows  what is shown; another list may have moved what one reads
 * @param includesNewest  the run goes to the newest message: only then is its end the end
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

  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows may have moved what one reads
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
  /** What is noted of where one reads holds no longer. */
  const releaseAnchor = useCallback(() => {
    anchor.current = null;
  }, []);
  return { scroller, atEnd, onScroll: onScroll, scrollToEnd: scrollToEnd, releaseAnchor: releaseAnchor };
}

function firstVisible(box: HTMLElement): { element: Element; top: number } | null {
  const { top } = box.getBoundingClientRect();
  for (const element of box.querySelectorAll("article")) {
    const rect = element.getBoundingClientRect();
    if (rect.bottom > top) return { element, top: rect.top };
  }
  return null;
}
