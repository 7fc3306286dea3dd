import type { ViewRow } from "./view-row";

/** Views that Postgres has and Redis may not know. */
export interface BackfillEntry {
  /** Tells it from a `Touch`, whose viewers look now. */
  written: true;
  postId: string;
  /** What Postgres said once they were in it. */
  row: ViewRow;
  viewers: readonly number[];
}

/** Memory of a long outage, a few hundred kilobytes. Beyond it a returning viewer shows as one more for a while. */
const MAX_QUEUED_VIEWS = 10_000;
/** Keeps the script that takes them short. */
const MAX_BATCH_SIZE = 500;

let queue: BackfillEntry[] = [];
let queuedViews = 0;

/**
 * Remembers views that went straight to Postgres, until Redis can be told (`touch` does). Otherwise these
 * people would look new to Redis when they return, and those whose view reached Redis although its answer
 * did not come would be shown twice until the next sync. Only in this process: after a crash just that happens.
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

/** Takes some of what is remembered; give it back with `rememberWritten` if Redis did not get it. */
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
