"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { countOneMore } from "@/app/_data/view-counts";
import { SeenQueue } from "../view-queue";
import { sendViewsBatch } from "../views-api";

/** Seen means: half of the card in the window for a second, in a tab that is being looked at. */
const VISIBLE_SHARE = 0.5;
const VISIBLE_MS = 1_000;

/** One queue a person and open of the site, so coming back to the feed does not send the same views again. */
const queues = new Map<string, SeenQueue>();

function queueOf(viewerId: string): SeenQueue {
  const queue = queues.get(viewerId) ?? new SeenQueue(sendViewsBatch, countOneMore);
  queues.set(viewerId, queue);
  return queue;
}

/**
 * Counts the cards inside it as views. Only put around a feed that a signed-in person looks at: a view
 * belongs to a person. Cards carry `data-post-id`; one's own do not, they would not count.
 */
export function FeedViews({ viewerId, children }: { viewerId: string; children: ReactNode }) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => (root.current ? watch(root.current, queueOf(viewerId)) : undefined), [viewerId]);
  return <div ref={root}>{children}</div>;
}

/** @returns what stops the watching */
function watch(root: HTMLElement, queue: SeenQueue): () => void {
  const clocks = new Map<Element, ReturnType<typeof setTimeout>>();
  const observed = new Set<Element>();

  const stopClock = (card: Element) => {
    clearTimeout(clocks.get(card));
    clocks.delete(card);
  };
  const seen = (card: Element) => {
    sight.unobserve(card);
    clocks.delete(card);
    const id = card.getAttribute("data-post-id");
    if (id) queue.add(id);
  };
  const sight = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting, intersectionRatio } of entries) {
        stopClock(target);
        const visible = isIntersecting && intersectionRatio >= VISIBLE_SHARE;
        if (visible && document.visibilityState === "visible") {
          clocks.set(target, setTimeout(seen, VISIBLE_MS, target));
        }
      }
    },
    { threshold: VISIBLE_SHARE },
  );
  const collect = () => {
    for (const card of root.querySelectorAll("[data-post-id]")) {
      if (observed.has(card)) continue;
      observed.add(card);
      sight.observe(card);
    }
  };
  const look = () => {
    for (const card of observed) {
      stopClock(card);
      sight.unobserve(card);
    }
    observed.clear();
    // a fresh observation reports at once, so cards in sight get their second from now
    if (document.visibilityState === "visible") collect();
    else queue.flush();
  };
  const leave = () => queue.flush();

  const growth = new MutationObserver(collect);
  growth.observe(root, { childList: true, subtree: true });
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pagehide", leave);
  collect();
  return () => {
    for (const clock of clocks.values()) clearTimeout(clock);
    sight.disconnect();
    growth.disconnect();
    document.removeEventListener("visibilitychange", look);
    window.removeEventListener("pagehide", leave);
  };
}
