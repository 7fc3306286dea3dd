import { atExit } from "../core/at-exit";
import { now } from "../core/clock";
import { defer } from "../core/defer";
import { env } from "../core/env";
import { log } from "../core/log";
import { processState } from "../core/process-state";
import { keys, RedisUnavailableError, redisService, ttlSeconds } from "../redis";
import { type Batch, putBack, takeBatches } from "./batch";
import { foldBatches } from "./fold";
import { storeBatches } from "./store";

/** As many batches in Redis are added up by the instance that brings the last of them. */
const FOLD_BACKLOG = 50;
/** No instance adds to more: they are about a megabyte, in one hash. */
const MAX_BACKLOG = 300;

const state = processState<{
  flushedAt?: number;
  /** Batches in Redis, as this process saw them last. */
  backlog: number;
}>("metricsFlush", () => ({ backlog: 0 }));

/**
 * Hands this process's counts over after the current response, when the last time is `METRICS_INTERVAL_SECONDS` ago: a
 * function that is frozen between requests has no timers. An instance that gets no further request keeps what it has
 * counted since its last flush, and loses it with its end.
 */
export function flushCountsIfDue(): void {
  const intervalMs = env().METRICS_INTERVAL_SECONDS * 1_000;
  const { flushedAt } = state;
  if (intervalMs === 0 || (flushedAt !== undefined && now() - flushedAt < intervalMs)) return;
  if (flushedAt === undefined) atExit(flushCounts);
  state.flushedAt = now();
  defer(flushCounts);
}

/**
 * Hands this process's counts over to Redis in three commands, or to Postgres where Redis is unavailable or has too many
 * already. Never throws: what neither takes stays in this process for the next flush. A batch of an unknown outcome is
 * handed over again under its id, and counts once.
 */
export async function flushCounts(): Promise<void> {
  const batches = takeBatches();
  if (batches.length === 0) return;
  try {
    if (!(await pushBatches(batches))) await storeBatches(batches);
  } catch (error) {
    log().debug({ err: error }, "counts not handed over: kept for the next flush");
    return putBack(batches);
  }
  if (state.backlog < FOLD_BACKLOG) return;
  try {
    await foldBatches();
    state.backlog = 0;
  } catch (error) {
    log().debug({ err: error }, "counts not added up: Postgres unavailable");
  }
}

/** @returns false when Redis is unavailable, or has so many batches that Postgres must have been down for long */
async function pushBatches(batches: readonly Batch[]): Promise<boolean> {
  if (state.backlog >= MAX_BACKLOG) return false;
  const key = keys.metricBatches;
  const fields = Object.fromEntries(batches.map((batch) => [batch.id, batch]));
  try {
    const [, , backlog] = await redisService().pipeline((p) => [
      p.hset(key, fields),
      p.expire(key, ttlSeconds.metricBatches),
      p.hlen(key),
    ]);
    state.backlog = backlog;
    return true;
  } catch (error) {
    if (error instanceof RedisUnavailableError) return false;
    throw error;
  }
}
