import { log } from "../core/log";
import type { Channel } from "../schemas/channels";
import { formatCursor } from "./channel-log";
import { hub } from "./hub";

/**
 * The present cursor of each channel, for a page that subscribes from there: it must read what it shows *after* this, so
 * that a later event is either in what it read or behind the cursor. One call, or none where this instance knows them. A
 * channel without a log is left out, and all are while Redis is unavailable: a page then reads its data again when it has
 * joined.
 */
export async function readCursors(channels: readonly Channel[]): Promise<Record<string, string>> {
  try {
    const heads = await hub.readHeads(channels);
    return Object.fromEntries([...heads].map(([channel, head]) => [channel, formatCursor(head)]));
  } catch (error) {
    log().debug({ err: error }, "channel cursors not read: Redis unavailable");
    return {};
  }
}
