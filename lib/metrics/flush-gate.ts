import { now } from "../core/clock";
import { env } from "../core/env";
import { GuardedRedis } from "../redis/guarded-redis";
import { keys, ttlSeconds } from "../redis/keys";
import { putBack, takeBatches } from "./batch";

/** Set while the gate's instance lives; the edge has a global scope of its own. */
let flushedAt: number | undefined;
let client: GuardedRedis | undefined;

/**
 * The counts of the gate at the edge, which has no other way than Redis: two commands, once in
 * `METRICS_INTERVAL_SECONDS`. Never throws; what Redis does not take stays for the next flush.
 */
export async function flushGateCountsIfDue(): Promise<void> {
  const intervalMs = env().METRICS_INTERVAL_SECONDS * 1_000;
  if (intervalMs === 0 || (flushedAt !== undefined && now() - flushedAt < intervalMs)) return;
  flushedAt = now();
  const batches = takeBatches();
  if (batches.length === 0) return;
  try {
    const fields = Object.fromEntries(batches.map((batch) => [batch.id, JSON.stringify(batch)]));
    await gateRedis()
      .pipeline()
      .hset(keys.metricBatches, fields)
      .expire(keys.metricBatches, ttlSeconds.metricBatches)
      .exec();
  } catch {
    putBack(batches);
  }
}

function gateRedis(): GuardedRedis {
  client ??= new GuardedRedis({
    url: env().UPSTASH_REDIS_REST_URL,
    token: env().UPSTASH_REDIS_REST_TOKEN,
    timeoutMs: env().REDIS_STRICT_TIMEOUT_MS,
    firstCallTimeoutMs: env().REDIS_FIRST_CALL_TIMEOUT_MS,
  });
  return client;
}
