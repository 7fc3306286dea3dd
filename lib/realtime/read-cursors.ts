import { log } from "../core/log";
import type { Channel } from "../schemas/channels";
import { formatCursor } from "./channel-log";
import { hub } from "./hub";

/**
 * The present cursor of each channel, for a page that subscribes from there: it must read what it shows *after* this, so
 * that a later event is either in what it read or behind the cursor. One call, or none where this instance knows them. A
 * channel without a log is left out, and all are while Redis is unavailable: a page then reads its data again when it has
 * joined.
 *
 * @param others  channels that the page subscribes to without a cursor: their heads are read in the same call, so that
 *                its stream need not read them
 */
export async function readCursors(
  channels: readonly Channel[],
  others: readonly Channel[] = [],
): Promise<Record<string, string>> {
  try {
    const heads = await hub.upstream.readHeads([...channels, ...others]);
    return Object.fromEntries(
      channels.flatMap((channel) => {
        const head = heads.get(channel);
        return head ? [[channel, formatCursor(head)]] : [];
      }),
    );
  } catch (error) {
    log().debug({ err: error }, "channel cursors not read: Redis unavailable");
    return {};
  }
}
