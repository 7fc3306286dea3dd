import { setTimeout as delay } from "node:timers/promises";
import { now } from "../core/clock";
import { defer } from "../core/defer";
import { emit } from "../realtime";

/** Pages need not hear of every view of a busy post. */
const AT_MOST_EVERY_MS = 1_000;
/** Those that come in together go together. */
const GATHER_MS = 50;
/** What one event carries. */
const MOST_PER_EVENT = 200;

const moved = new Map<string, number>();
let toldAt = Number.NEGATIVE_INFINITY;
let isWaiting = false;

/**
 * Says on open pages how many views posts have, at most once a second from this process. While nothing moves nothing
 * runs.
 */
export function tellCounts(counts: Iterable<readonly [postId: string, count: number]>): void {
  // Two calls may end in another order than Redis saw them in.
  for (const [postId, count] of counts) moved.set(postId, Math.max(count, moved.get(postId) ?? 0));
  if (isWaiting || moved.size === 0) return;
  isWaiting = true;
  defer(async () => {
    const left = Math.min(toldAt + AT_MOST_EVERY_MS - now(), AT_MOST_EVERY_MS);
    await delay(Math.max(GATHER_MS, left), undefined, { ref: false });
    isWaiting = false;
    toldAt = now();
    const all = [...moved].map(([postId, viewsCount]) => ({ postId, viewsCount }));
    moved.clear();
    for (let from = 0; from < all.length; from += MOST_PER_EVENT) {
      emit("views", "counts", { counts: all.slice(from, from + MOST_PER_EVENT) });
    }
  });
}
