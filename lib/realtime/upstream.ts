import { z } from "zod";
import { defer } from "../core/defer";
import { log } from "../core/log";
import { keys, redisService, type Subscription } from "../redis";
import { loggedEventSchema } from "./channel-log";

/**
 * Messages between instances. All go through one Redis channel, so that an instance has one subscription for any number
 * of streams and channels.
 */

const entrySchema = z.object({
  channel: z.string(),
  epoch: z.string(),
  n: z.int().positive(),
  event: loggedEventSchema,
});

const upstreamSchema = z.union([
  /** New log entries, in the order of the logs. */
  z.array(entrySchema),
  /** A volatile event, which is in no log. */
  z.object({ channel: z.string(), event: loggedEventSchema }),
  /** Wake-up message: this user's sessions or rights have changed; their streams check them again. */
  z.object({ userId: z.uuid() }),
  /** The logs of these channels were deleted: their subscribers reload. */
  z.object({ forgotten: z.array(z.string()) }),
]);

export type UpstreamEntry = z.infer<typeof entrySchema>;

interface UpstreamListener {
  onEntry(entry: UpstreamEntry): void;
  onVolatile(channel: string, event: z.infer<typeof loggedEventSchema>): void;
  onWake(userId: string): void;
  onReset(channels: readonly string[]): void;
  /** The subscription is active. After an interruption an unknown set of messages is lost. */
  onConnect(reconnected: boolean): void;
  /** No messages arrive until the next `onConnect`. */
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

/**
 * Publishes, after the response is sent, that a user's sessions or rights have changed: every instance checks the
 * user's streams again. For speed, not safety: a stream that misses it checks its session at the next heartbeat and its
 * rights at every fourth.
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
