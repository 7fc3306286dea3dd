"use client";

import { useCallback, useLayoutEffect, useRef, useState } from "react";

/** So near the end one counts as being there. */
const NEAR_PX = 60;

/**
 * Keeps a conversation's place. At the end it stays at the end as messages come; elsewhere what one reads stays where
 * it is, whatever comes above or below. The scroller is `column-reverse`: its end is at zero, so it begins there before
 * any script has run.
 *
 * @param rows  what is shown; another list may have moved what one reads
 * @param isWhole  the run goes to the newest message: only then is its end the end
 */
export function useScroll(rows: readonly unknown[], isWhole: boolean) {
  const scroller = useRef<HTMLDivElement>(null);
  const anchor = useRef<{ element: Element; top: number } | null>(null);
  const [atEnd, setAtEnd] = useState(true);

  const note = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    const end = box.scrollTop > -NEAR_PX;
    setAtEnd(end);
    anchor.current = end && isWhole ? null : firstSeen(box);
  }, [isWhole]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows may have moved what one reads
  useLayoutEffect(() => {
    const box = scroller.current;
    const held = anchor.current;
    if (box && held?.element.isConnected) {
      box.scrollTop += held.element.getBoundingClientRect().top - held.top;
    }
    note();
  }, [rows, note]);

  const toEnd = useCallback((smooth = false) => {
    anchor.current = null;
    const moves = smooth && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    scroller.current?.scrollTo({ top: 0, behavior: moves ? "smooth" : "instant" });
  }, []);
  /** What is noted of where one reads holds no longer. */
  const letGo = useCallback(() => {
    anchor.current = null;
  }, []);
  return { scroller, atEnd, note, toEnd, letGo };
}

function firstSeen(box: HTMLElement): { element: Element; top: number } | null {
  const { top } = box.getBoundingClientRect();
  for (const element of box.querySelectorAll("article")) {
    const place = element.getBoundingClientRect();
    if (place.bottom > top) return { element, top: place.top };
  }
  return null;
}
