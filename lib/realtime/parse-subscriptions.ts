import type { Channel } from "../schemas/channels";
import { type Cursor, parseCursor, parseEventId } from "./cursor";
import { parseChannel } from "./parse-channel";

interface SubscriptionParams {
  channel: readonly string[];
  /** Cursors, in the order of the channels. */
  after: readonly string[];
  /** Header that a browser sends when it reconnects; it is newer than the cursors in the URL. */
  lastEventId: string | null;
}

/**
 * Parses a request's channels, each with the cursor to resume from.
 * @throws {AppError} bad_request for an unknown channel
 */
export function parseSubscriptions({
  channel,
  after,
  lastEventId,
}: SubscriptionParams): Map<Channel, Cursor | null> {
  const channels = new Map<Channel, Cursor | null>();
  for (const [index, name] of channel.entries())
    channels.set(parseChannel(name).name, parseCursor(after[index]));
  const lastEvent = parseEventId(lastEventId);
  if (lastEvent && channels.has(lastEvent.channel as Channel))
    channels.set(lastEvent.channel as Channel, lastEvent.cursor);
  return channels;
}
