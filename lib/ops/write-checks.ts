import { env } from "../core/env";
import { db } from "../db";
import { GuardedRedis, keys, ttlSeconds } from "../redis";
import { putBlob } from "../storage";
import { publish, qstash } from "../tasks";
import { type Check, checkRedis, PROBE_ID, runCheck } from "./checks";

/**
 * Checks that write: a backend that is full, read-only or over its plan's limit still answers to a read. Each writes
 * the same small thing again and again, and only when an operator looks.
 */

/** Updates one row among the ids of counted batches, which the tidy deletes after days without a check. */
export function checkDatabaseWrites(timeoutMs: number): Promise<Check> {
  return runCheck(
    timeoutMs,
    () => db().$executeRaw`
INSERT INTO "MetricBatch" (id) VALUES (${PROBE_ID}::uuid)
ON CONFLICT (id) DO UPDATE SET at = statement_timestamp()`,
  );
}

/** What the app waits for Redis is far less than a check may take. */
const APP_WAIT_MS = 1_000;

/**
 * As the app reaches it; when that is too slow for the app or its circuit breaker is open, also without these limits.
 * @returns `slow` when it answers, but not to the app
 */
export async function checkRedisWrites(timeoutMs: number): Promise<Check & { isTooSlow?: boolean }> {
  const asApp = await checkRedis(APP_WAIT_MS);
  if (asApp.status === "ok" || asApp.reason === "full" || asApp.reason === "read_only") return asApp;
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = env();
  const direct = new GuardedRedis({ url, token, timeoutMs, firstCallTimeoutMs: timeoutMs });
  const check = await runCheck(timeoutMs, () =>
    direct.send(["SET", keys.probe(PROBE_ID), PROBE_ID, "EX", ttlSeconds.probe]),
  );
  return check.status === "ok" ? { ...check, isTooSlow: true } : check;
}

/**
 * Publishes a probe, because QStash answers to everything else when the plan's messages of the day are used up. It counts
 * against them.
 */
export function checkQstashWrites(timeoutMs: number): Promise<Check> {
  return runCheck(timeoutMs, async () => {
    // Not billed; it fails with a wrong token, and succeeds when the plan is used up.
    await qstash().http.request({ path: ["v2", "keys"], method: "GET" });
    await publish("probe", { id: PROBE_ID });
  });
}

const PROBE_FILE = "health";

/** Writes a file of one byte; the store bills it as it bills an upload. */
export async function writeProbeFile(): Promise<void> {
  await putBlob(PROBE_FILE, new Uint8Array([0]), "application/octet-stream");
}
