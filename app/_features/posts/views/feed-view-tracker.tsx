"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { incrementViewCounts } from "@/app/_data/view-counts";
import { ViewQueue } from "../view-queue";
import { sendViewsBatch } from "../views-api";

/** A card is seen when half of it is in the viewport of a visible tab for a second. */
const VISIBLE_RATIO = 0.5;
const VISIBLE_MS = 1_000;

/** One queue per user and page load, so that returning to the feed does not send the same views again. */
const queues = new Map<string, ViewQueue>();

function queueFor(viewerId: string): ViewQueue {
  const queue = queues.get(viewerId) ?? new ViewQueue(sendViewsBatch, incrementViewCounts);
  queues.set(viewerId, queue);
  return queue;
}

/**
 * Counts views of the cards inside it, found by `data-post-id`; the viewer's own posts have none, because they do not
 * count. Only for signed-in viewers, because every view belongs to a user.
 */
export function FeedViewTracker({ viewerId, children }: { viewerId: string; children: ReactNode }) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => (root.current ? observeCards(root.current, queueFor(viewerId)) : undefined), [viewerId]);
  return <div ref={root}>{children}</div>;
}

/** @returns a function that stops observing */
function observeCards(root: HTMLElement, queue: ViewQueue): () => void {
  const timers = new Map<Element, ReturnType<typeof setTimeout>>();
  const observed = new Set<Element>();

  const clearTimer = (card: Element) => {
    clearTimeout(timers.get(card));
    timers.delete(card);
  };
  const onSeen = (card: Element) => {
    intersections.unobserve(card);
    timers.delete(card);
    const id = card.getAttribute("data-post-id");
    if (id) queue.add(id);
  };
  const intersections = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting, intersectionRatio } of entries) {
        clearTimer(target);
        const visible = isIntersecting && intersectionRatio >= VISIBLE_RATIO;
        if (visible && document.visibilityState === "visible") {
          timers.set(target, setTimeout(onSeen, VISIBLE_MS, target));
        }
      }
    },
    { threshold: VISIBLE_RATIO },
  );
  const observeNewCards = () => {
    for (const card of root.querySelectorAll("[data-post-id]")) {
      if (observed.has(card)) continue;
      observed.add(card);
      intersections.observe(card);
    }
  };
  const onVisibilityChange = () => {
    for (const card of observed) {
      clearTimer(card);
      intersections.unobserve(card);
    }
    observed.clear();
    // A new observation reports immediately, so visible cards start their second now.
    if (document.visibilityState === "visible") observeNewCards();
    else queue.flush();
  };
  const onPageHide = () => queue.flush();

  const mutations = new MutationObserver(observeNewCards);
  mutations.observe(root, { childList: true, subtree: true });
  document.addEventListener("visibilitychange", onVisibilityChange);
  window.addEventListener("pagehide", onPageHide);
  observeNewCards();
  return () => {
    for (const timer of timers.values()) clearTimeout(timer);
    intersections.disconnect();
    mutations.disconnect();
    document.removeEventListener("visibilitychange", onVisibilityChange);
    window.removeEventListener("pagehide", onPageHide);
  };
}
