import { setTimeout as delay } from "node:timers/promises";
import { now } from "../core/clock";
import { defer } from "../core/defer";
import { emit } from "../realtime";

/** Pages need not hear of every view of a busy post. */
const MIN_INTERVAL_MS = 1_000;
/** Those that come in together go together. */
const BATCH_WINDOW_MS = 50;
/** What one event carries. */
const MAX_COUNTS_PER_EVENT = 200;

const pendingCounts = new Map<string, number>();
let lastPublishedAt = Number.NEGATIVE_INFINITY;
let isScheduled = false;

/**
 * Says on open pages how many views posts have, at most once a second from this process. While nothing moves nothing
 * runs.
 */
export function publishCounts(counts: Iterable<readonly [postId: string, count: number]>): void {
  // Two calls may end in another order than Redis saw them in.
  for (const [postId, count] of counts)
    pendingCounts.set(postId, Math.max(count, pendingCounts.get(postId) ?? 0));
  if (isScheduled || pendingCounts.size === 0) return;
  isScheduled = true;
  defer(async () => {
    const waitMs = Math.min(lastPublishedAt + MIN_INTERVAL_MS - now(), MIN_INTERVAL_MS);
    await delay(Math.max(BATCH_WINDOW_MS, waitMs), undefined, { ref: false });
    isScheduled = false;
    lastPublishedAt = now();
    const all = [...pendingCounts].map(([postId, viewsCount]) => ({ postId, viewsCount }));
    pendingCounts.clear();
    for (let from = 0; from < all.length; from += MAX_COUNTS_PER_EVENT) {
      emit("views", "counts", { counts: all.slice(from, from + MAX_COUNTS_PER_EVENT) });
    }
  });
}
