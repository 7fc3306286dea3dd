import type { ViewRow } from "./view-row";

/** Views of one post that are in Postgres and may be missing in Redis. */
export interface BackfillEntry {
  /** Distinguishes it from a `ViewUpdate`, whose views are not recorded yet. */
  written: true;
  postId: string;
  /** The post's row in Postgres after the write. */
  row: ViewRow;
  viewers: readonly number[];
}

/** Limits the queue to a few hundred kilobytes. A viewer beyond it who returns is counted twice until the next sync. */
const MAX_QUEUED_VIEWS = 10_000;
/** Keeps the script that applies them short. */
const MAX_BATCH_SIZE = 500;

let queue: BackfillEntry[] = [];
let queuedViews = 0;

/**
 * Queues views that were written to Postgres directly, until `recordAndCount` sends them to Redis. Without them Redis
 * would count returning viewers again, and a view that reached Redis with an unknown outcome would be counted twice
 * until the next sync. The queue is in memory: a crash has that effect.
 */
export function queueBackfill(entries: readonly BackfillEntry[]): void {
  for (const entry of entries) {
    const { viewers } = entry;
    for (let from = 0; from < viewers.length; from += MAX_BATCH_SIZE) {
      if (queuedViews >= MAX_QUEUED_VIEWS) return;
      const chunk = viewers.slice(from, from + MAX_BATCH_SIZE);
      queue.push({ ...entry, viewers: chunk });
      queuedViews += chunk.length;
    }
  }
}

/** Takes a batch from the queue; return it with `queueBackfill` when Redis fails. */
export function takeBackfill(): BackfillEntry[] {
  const taken: BackfillEntry[] = [];
  let takenViews = 0;
  for (const entry of queue) {
    if (taken.length > 0 && takenViews + entry.viewers.length > MAX_BATCH_SIZE) break;
    taken.push(entry);
    takenViews += entry.viewers.length;
  }
  queue = queue.slice(taken.length);
  queuedViews -= takenViews;
  return taken;
}
