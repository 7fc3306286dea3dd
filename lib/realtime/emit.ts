import { z } from "zod";
import { defer } from "../core/defer";
import { log } from "../core/log";
import { keys, redisService } from "../redis";
import {
  type Channel,
  type ChannelKind,
  channelKinds,
  type EventData,
  type EventName,
} from "../schemas/channels";
import { appendEvent, type ChannelEvent, loggedEventSchema } from "./channel-log";
import { resetChannelsLater } from "./reset-channels";

/**
 * Emits an event on a channel, after the response is sent: all subscribers get it, in order, and a resuming client
 * finds it in the channel's log. Best effort, so an event must never be the only copy of its data. An event that Redis
 * missed is not emitted; the channel is reset when Redis answers again. A crash between the commit and this call loses
 * the event, which clients notice by the domain's own numbers.
 *
 * @throws nothing; data that does not match the event's schema is logged and not emitted
 */
export function emit<K extends ChannelKind, E extends EventName<K>>(
  channel: Channel<K>,
  event: E,
  data: EventData<K, E>,
): void {
  emitDeferred({ channel, event, data }, appendOrReset);
}

/** Emits an event to current subscribers only, without the log. For short-lived events (typing). */
export function emitVolatile<K extends ChannelKind, E extends EventName<K>>(
  channel: Channel<K>,
  event: E,
  data: EventData<K, E>,
): void {
  emitDeferred({ channel, event, data }, ({ channel, ...event }) => publishUpstream({ channel, event }));
}

/**
 * Publishes, after the response is sent, that a user's sessions or rights have changed: every instance checks the
 * user's streams again. For speed, not safety: the session of a stream that misses it is checked within 30 s, its rights
 * within a minute.
 */
export function wakeUserStreams(userId: string): void {
  defer(async () => {
    try {
      await publishUpstream({ userId });
    } catch (error) {
      log().debug({ err: error }, "wake-up message not published: streams check at their next heartbeat");
    }
  });
}

async function appendOrReset(channelEvent: ChannelEvent): Promise<void> {
  try {
    await appendEvent(channelEvent);
  } catch (error) {
    resetChannelsLater([channelEvent.channel]);
    throw error;
  }
}

function emitDeferred(channelEvent: ChannelEvent, send: (parsed: ChannelEvent) => Promise<unknown>): void {
  defer(async () => {
    try {
      await send({ ...channelEvent, data: getEventSchema(channelEvent).parse(channelEvent.data) });
    } catch (error) {
      log().warn(
        { err: error, channel: channelEvent.channel, event: channelEvent.event },
        "realtime event not emitted",
      );
    }
  });
}

/** Parsing with the schema removes fields that it does not name. */
function getEventSchema({ channel, event }: ChannelEvent) {
  const kind = channel.split(":")[0] as ChannelKind;
  const events: Readonly<Record<string, { parse(data: unknown): unknown }>> = channelKinds[kind].events;
  const schema = events[event];
  if (!schema) throw new Error(`${kind} has no event ${event}`);
  return schema;
}

const entrySchema = z.object({
  channel: z.string(),
  epoch: z.string(),
  n: z.int().positive(),
  /** The number of the message; instances of older builds publish none. */
  sequence: z.int().optional(),
  event: loggedEventSchema,
});

/**
 * Messages between instances. All go through one Redis channel, so that an instance has one subscription for any number
 * of streams and channels (lib/realtime/upstream.ts).
 */
export const upstreamSchema = z.union([
  /** New log entries, in the order of the logs. */
  z.array(entrySchema),
  /** A volatile event, which is in no log. */
  z.object({ channel: z.string(), event: loggedEventSchema }),
  /** Wake-up message: this user's sessions or rights have changed; their streams check them again. */
  z.object({ userId: z.uuid() }),
  /** An operator's roll call (lib/realtime/roll-call.ts). */
  z.object({ rollCall: z.uuid() }),
  /** The logs of these channels were deleted: their subscribers reload. */
  z.object({ forgotten: z.array(z.string()), sequence: z.int().optional() }),
]);

export type UpstreamMessage = z.infer<typeof upstreamSchema>;

/** @throws {RedisUnavailableError} */
export async function publishUpstream(message: z.input<typeof upstreamSchema>): Promise<void> {
  await redisService().publish(keys.realtimeUpstream, message);
}
