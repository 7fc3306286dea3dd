import { z } from "zod";
import { keys, redisService, type Subscription } from "../redis";
import { loggedEventSchema } from "./channel-log";

/**
 * What instances tell each other, all through one channel of Redis, so that an instance has one subscription
 * however many people are connected to it and whatever they follow.
 */

const entrySchema = z.object({
  channel: z.string(),
  epoch: z.string(),
  n: z.int().positive(),
  event: loggedEventSchema,
});

const upstreamSchema = z.union([
  /** New entries of logs, in the order in which they are there. */
  z.array(entrySchema),
  /** Something that no log keeps. */
  z.object({ channel: z.string(), event: loggedEventSchema }),
  /** Something about this person has changed: their streams should look whether they may stay. */
  z.object({ userId: z.uuid() }),
  /** The logs of these channels are no more: whoever listens to them reads anew. */
  z.object({ forgotten: z.array(z.string()) }),
]);

export type UpstreamEntry = z.infer<typeof entrySchema>;

interface UpstreamListener {
  onEntry(entry: UpstreamEntry): void;
  onVolatile(channel: string, event: z.infer<typeof loggedEventSchema>): void;
  onWake(userId: string): void;
  onReset(channels: readonly string[]): void;
  /** Messages flow. After an interruption some were missed, and nobody knows which. */
  onConnect(reconnected: boolean): void;
  /** They do not flow until the next `onConnect`. */
  onLost(): void;
}

export function subscribeUpstream(listener: UpstreamListener): Subscription {
  return redisService().subscribe(
    keys.realtimeUpstream,
    upstreamSchema,
    (message) => {
      if (Array.isArray(message)) for (const entry of message) listener.onEntry(entry);
      else if ("userId" in message) listener.onWake(message.userId);
      else if ("forgotten" in message) listener.onReset(message.forgotten);
      else listener.onVolatile(message.channel, message.event);
    },
    {
      onConnect: ({ reconnected }) => listener.onConnect(reconnected),
      onLost: () => listener.onLost(),
    },
  );
}

/** @throws {RedisUnavailableError} */
export async function publishUpstream(message: z.input<typeof upstreamSchema>): Promise<void> {
  await redisService().publish(keys.realtimeUpstream, message);
}
