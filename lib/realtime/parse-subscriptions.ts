import { type Channel, parseChannel } from "./catalogue";
import { type Cursor, parseCursor, parseEventId } from "./cursor";

interface SubscriptionParams {
  channel: readonly string[];
  /** The first belongs to the first channel, and so on. */
  after: readonly string[];
  /** What a browser sends by itself when it comes back: it is newer than the address it comes back to. */
  lastEventId: string | null;
}

/**
 * What a request wants to listen to, and from where.
 * @throws {AppError} bad_request for what is no channel
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
