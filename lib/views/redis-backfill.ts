import type { ViewRow } from "./view-row";

/** Views that Postgres has and Redis may not know. */
export interface Written {
  /** Tells it from a `Touch`, whose viewers look now. */
  written: true;
  postId: string;
  /** What Postgres said once they were in it. */
  row: ViewRow;
  viewers: readonly number[];
}

/** Memory of a long outage, a few hundred kilobytes. Beyond it a returning viewer shows as one more for a while. */
const MOST_VIEWS = 10_000;
/** Keeps the script that takes them short. */
const MOST_AT_ONCE = 500;

let written: Written[] = [];
let size = 0;

/**
 * Remembers views that went straight to Postgres, until Redis can be told (`touch` does). Otherwise these
 * people would look new to Redis when they return, and those whose view reached Redis although its answer
 * did not come would be shown twice until the next sync. Only in this process: after a crash just that happens.
 */
export function rememberWritten(views: readonly Written[]): void {
  for (const view of views) {
    const { viewers } = view;
    for (let at = 0; at < viewers.length; at += MOST_AT_ONCE) {
      if (size >= MOST_VIEWS) return;
      const part = viewers.slice(at, at + MOST_AT_ONCE);
      written.push({ ...view, viewers: part });
      size += part.length;
    }
  }
}

/** Takes some of what is remembered; give it back with `rememberWritten` if Redis did not get it. */
export function takeWritten(): Written[] {
  const taken: Written[] = [];
  let views = 0;
  for (const entry of written) {
    if (taken.length > 0 && views + entry.viewers.length > MOST_AT_ONCE) break;
    taken.push(entry);
    views += entry.viewers.length;
  }
  written = written.slice(taken.length);
  size -= views;
  return taken;
}
