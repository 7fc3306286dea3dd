import { defer } from "../core/defer";
import { log } from "../core/log";
import { type Channel, type ChannelKind, channelKinds, type EventData, type EventName } from "./catalogue";
import { appendEvent, type ChannelEvent } from "./channel-log";
import { resetChannelsLater } from "./reset-channels";
import { publishUpstream } from "./upstream";

/**
 * Says something on a channel, once the answer is out: everybody who listens gets it, in order, and whoever was away
 * finds it in the channel's log. Best effort, so never the only place where something is. What Redis did not take is
 * not said: once it answers again everybody on that channel is told to read anew. A crash between a commit and this
 * costs a moment, which the domain's own numbers make up for.
 *
 * @throws nothing; what does not fit the event's schema is logged and not said
 */
export function emit<K extends ChannelKind, E extends EventName<K>>(
  channel: Channel<K>,
  event: E,
  data: EventData<K, E>,
): void {
  emitDeferred({ channel, event, data }, appendOrReset);
}

/** Says something to whoever listens now; nobody else will know. For what is old in a moment (somebody types). */
export function emitVolatile<K extends ChannelKind, E extends EventName<K>>(
  channel: Channel<K>,
  event: E,
  data: EventData<K, E>,
): void {
  emitDeferred({ channel, event, data }, ({ channel, ...event }) => publishUpstream({ channel, event }));
}

async function appendOrReset(channelEvent: ChannelEvent): Promise<void> {
  try {
    await appendEvent(channelEvent);
  } catch (error) {
    resetChannelsLater([channelEvent.channel]);
    throw error;
  }
}

function emitDeferred(channelEvent: ChannelEvent, send: (said: ChannelEvent) => Promise<unknown>): void {
  defer(async () => {
    try {
      await send({ ...channelEvent, data: getEventSchema(channelEvent).parse(channelEvent.data) });
    } catch (error) {
      log().warn(
        { err: error, channel: channelEvent.channel, event: channelEvent.event },
        "open pages hear of it later",
      );
    }
  });
}

/** What the schema does not name never leaves. */
function getEventSchema({ channel, event }: ChannelEvent) {
  const kind = channel.split(":")[0] as ChannelKind;
  const events: Readonly<Record<string, { parse(data: unknown): unknown }>> = channelKinds[kind].events;
  const schema = events[event];
  if (!schema) throw new Error(`${kind} has no event ${event}`);
  return schema;
}
