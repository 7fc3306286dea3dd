import { z } from "zod";
import { newId } from "../core/ids";
import { withTimeout } from "../core/with-timeout";
import { db } from "../db";
import { keys, redisService, ttlSeconds } from "../redis";
import { publish, qstash } from "../tasks";
import { faultSchema, findFault } from "./fault";

export const checkSchema = z.object({
  status: z.enum(["ok", "down"]),
  latencyMs: z.number(),
  /** Why it is down. */
  reason: faultSchema.optional(),
});

export type Check = z.infer<typeof checkSchema>;

/** Runs a check with a time limit; never throws. */
export async function runCheck(timeoutMs: number, check: () => Promise<unknown>): Promise<Check> {
  const startedAt = performance.now();
  const latencyMs = () => Math.round((performance.now() - startedAt) * 10) / 10;
  try {
    await withTimeout(check(), timeoutMs);
    return { status: "ok", latencyMs: latencyMs() };
  } catch (error) {
    return { status: "down", latencyMs: latencyMs(), reason: findFault(error) };
  }
}

export const CHECK_TIMEOUT_MS = 2_000;
/** QStash's log may lag behind its delivery. */
const ROUND_TRIP_TIMEOUT_MS = 8_000;
const LOG_POLL_INTERVAL_MS = 100;

export function checkDatabase(timeoutMs = CHECK_TIMEOUT_MS): Promise<Check> {
  return runCheck(timeoutMs, () => db().$queryRaw`SELECT 1`);
}

/** Writes a key: a Redis whose memory is full still reads. One command, as a PING would be. */
export function checkRedis(timeoutMs = CHECK_TIMEOUT_MS): Promise<Check> {
  return runCheck(timeoutMs, () =>
    redisService().set(keys.probe(PROBE_ID), PROBE_ID, { ttlSeconds: ttlSeconds.probe }),
  );
}

/** Of what checks write, always the same. No id is made like it: its time is 1970. */
export const PROBE_ID = "00000000-0000-7000-8000-000000000000";

/** Reads the signing keys: that needs a valid token and is not billed. */
export function checkQstash(timeoutMs = CHECK_TIMEOUT_MS): Promise<Check> {
  return runCheck(timeoutMs, () => qstash().http.request({ path: ["v2", "keys"], method: "GET" }));
}

/** Writes a key to Redis, reads it back, compares and deletes it. */
export function probeRedis(): Promise<Check> {
  return runCheck(CHECK_TIMEOUT_MS, async () => {
    const id = newId();
    const key = keys.probe(id);
    await redisService().set(key, id, { ttlSeconds: ttlSeconds.probe });
    const read = await redisService().get(key, z.string());
    await redisService().del(key);
    if (read !== id) throw new ProbeMismatchError();
  });
}

class ProbeMismatchError extends Error {
  override name = "ProbeMismatchError";
}

/**
 * Sends a message through QStash to this app. Our endpoint answers 200 only to a valid signature, so a message that
 * QStash's log lists as delivered was accepted, signed and received.
 */
export function probeQstash(): Promise<Check> {
  let isPolling = true;
  return runCheck(ROUND_TRIP_TIMEOUT_MS, async () => {
    const messageId = await publish("probe", { id: newId() });
    while (isPolling) {
      const { logs } = await qstash().logs({ filter: { messageId } });
      const states = logs.map(({ state }) => state);
      if (states.includes("DELIVERED")) return;
      if (states.includes("FAILED") || states.includes("ERROR")) throw new ProbeUndeliveredError();
      await new Promise((resolve) => setTimeout(resolve, LOG_POLL_INTERVAL_MS));
    }
  }).finally(() => {
    isPolling = false;
  });
}

class ProbeUndeliveredError extends Error {
  override name = "ProbeUndeliveredError";
}
