import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { now } from "../core/clock";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { keys, redisService, ttlSeconds } from "../redis";

/**
 * A roll call: who has streams, asked of all instances at once when an operator looks. Nothing is kept for it meanwhile:
 * an instance with streams already has a subscription to the upstream channel, and answers into a hash.
 */

export const instanceStreamsSchema = z.object({
  /** Of the process, since its start. */
  instance: z.string(),
  startedAt: z.iso.datetime(),
  streams: z.int(),
  /** Users with a stream there. */
  people: z.int(),
  /** Whether events arrive there. */
  live: z.boolean(),
  /** Subscribed channels by kind. */
  channels: z.record(z.string(), z.int()),
});

export type InstanceStreams = z.infer<typeof instanceStreamsSchema>;

const instance = newId();
const startedAt = new Date(now()).toISOString();

/** Answers a roll call. Best effort: two commands. */
export async function answerRollCall(
  id: string,
  streams: Omit<InstanceStreams, "instance" | "startedAt">,
): Promise<void> {
  try {
    await redisService().pipeline((p) => [
      p.hset(keys.rollCall(id), { [instance]: { instance, startedAt, ...streams } }),
      p.expire(keys.rollCall(id), ttlSeconds.rollCall),
    ]);
  } catch (error) {
    log().debug({ err: error }, "roll call not answered: Redis unavailable");
  }
}

/** Instances answer in milliseconds; one that is frozen does not. */
const MAX_WAIT_MS = 1_500;
const POLL_MS = 150;

/**
 * Asks all instances for their streams.
 * @returns the answers, and how many instances Redis has passed the question to: more of these than answers are frozen,
 *          or about to close their subscription
 * @throws {RedisUnavailableError}
 */
export async function callRoll(): Promise<{ instances: InstanceStreams[]; asked: number }> {
  const id = newId();
  const asked = await redisService().publish(keys.realtimeUpstream, { rollCall: id });
  const until = performance.now() + MAX_WAIT_MS;
  for (;;) {
    const answers = asked === 0 ? {} : await redisService().hgetall(keys.rollCall(id), instanceStreamsSchema);
    const instances = Object.values(answers);
    if (instances.length >= asked || performance.now() > until)
      return { instances: instances.sort((a, b) => b.streams - a.streams), asked };
    await delay(POLL_MS);
  }
}
