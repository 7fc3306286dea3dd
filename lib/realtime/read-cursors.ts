import { log } from "../core/log";
import type { Channel } from "../schemas/channels";
import { formatCursor, readLogHeads } from "./channel-log";

/**
 * The present cursor of each channel, for a page that subscribes from there: it must read what it shows *after* this, so
 * that a later event is either in what it read or behind the cursor. One call. A channel without a log is left out, and
 * all are while Redis is unavailable: a page then reads its data again when it has joined.
 */
export async function readCursors(channels: readonly Channel[]): Promise<Record<string, string>> {
  try {
    const heads = await readLogHeads(channels);
    return Object.fromEntries(
      [...heads]
        .filter(([, { epoch }]) => epoch !== "")
        .map(([channel, head]) => [channel, formatCursor(head)]),
    );
  } catch (error) {
    log().debug({ err: error }, "channel cursors not read: Redis unavailable");
    return {};
  }
}
