import { setTimeout as delay } from "node:timers/promises";
import { now } from "../core/clock";
import { defer } from "../core/defer";
import { emit } from "../realtime";

/** Shortest time between two events: pages do not need every view of a busy post. */
const MIN_INTERVAL_MS = 1_000;
/** Counts that change within this window go in one event. */
const BATCH_WINDOW_MS = 50;
const MAX_COUNTS_PER_EVENT = 200;

const pendingCounts = new Map<string, number>();
let lastPublishedAt = Number.NEGATIVE_INFINITY;
let isScheduled = false;

/**
 * Publishes view counts to open pages, at most once a second from this process. No timer runs while no count changes.
 */
export function publishCounts(counts: Iterable<readonly [postId: string, count: number]>): void {
  // Two calls may return in another order than Redis ran them, so the larger count wins.
  for (const [postId, count] of counts)
    pendingCounts.set(postId, Math.max(count, pendingCounts.get(postId) ?? 0));
  if (isScheduled || pendingCounts.size === 0) return;
  isScheduled = true;
  defer(async () => {
    const waitMs = Math.min(lastPublishedAt + MIN_INTERVAL_MS - now(), MIN_INTERVAL_MS);
    await delay(Math.max(BATCH_WINDOW_MS, waitMs), undefined, { ref: false });
    isScheduled = false;
    lastPublishedAt = now();
    const counts = [...pendingCounts].map(([postId, viewsCount]) => ({ postId, viewsCount }));
    pendingCounts.clear();
    for (let from = 0; from < counts.length; from += MAX_COUNTS_PER_EVENT) {
      emit("views", "counts", { counts: counts.slice(from, from + MAX_COUNTS_PER_EVENT) });
    }
  });
}
