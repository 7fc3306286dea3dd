import { atExit } from "../core/at-exit";
import { now } from "../core/clock";
import { defer } from "../core/defer";
import { env } from "../core/env";
import { log } from "../core/log";
import { keys, RedisUnavailableError, redisService, ttlSeconds } from "../redis";
import { type Batch, putBack, takeBatches } from "./batch";
import { foldBatches } from "./fold";
import { storeBatches } from "./store";

/** As many batches in Redis are added up by the instance that brings the last of them. */
const FOLD_BACKLOG = 50;

/** Kept on globalThis: pages and routes are bundles with their own copies of a module's state. */
const globalState = globalThis as typeof globalThis & { normaldanceFlushedAt?: number };

/**
 * Hands this process's counts over after the current response, when the last time is `METRICS_INTERVAL_SECONDS` ago: a
 * function that is frozen between requests has no timers. An instance that gets no further request keeps what it has
 * counted since its last flush, and loses it with its end.
 */
export function flushCountsIfDue(): void {
  const intervalMs = env().METRICS_INTERVAL_SECONDS * 1_000;
  const { normaldanceFlushedAt: flushedAt } = globalState;
  if (intervalMs === 0 || (flushedAt !== undefined && now() - flushedAt < intervalMs)) return;
  if (flushedAt === undefined) atExit(flushCounts);
  globalState.normaldanceFlushedAt = now();
  defer(flushCounts);
}

/**
 * Hands this process's counts over to Redis in three commands, or to Postgres without Redis. Never throws: what neither
 * takes stays in this process for the next flush. A batch of an unknown outcome is handed over again under its id, and
 * counts once.
 */
export async function flushCounts(): Promise<void> {
  const batches = takeBatches();
  if (batches.length === 0) return;
  try {
    const backlog = await pushBatches(batches);
    if (backlog >= FOLD_BACKLOG) await foldBatches();
  } catch (error) {
    if (!(error instanceof RedisUnavailableError)) {
      log().warn({ err: error }, "counts not handed over: kept for the next flush");
      return putBack(batches);
    }
    await storeBatches(batches).catch((failure: unknown) => {
      log().debug({ err: failure }, "counts not handed over: Redis and Postgres unavailable");
      putBack(batches);
    });
  }
}

/** @returns how many batches wait in Redis */
async function pushBatches(batches: readonly Batch[]): Promise<number> {
  const key = keys.metricBatches;
  const fields = Object.fromEntries(batches.map((batch) => [batch.id, batch]));
  const [, , backlog] = await redisService().pipeline((p) => [
    p.hset(key, fields),
    p.expire(key, ttlSeconds.metricBatches),
    p.hlen(key),
  ]);
  return backlog;
}
