import { log } from "../core/log";
import { keys, RedisUnavailableError, redisService } from "../redis";
import { batchSchema } from "./batch";
import { storeBatches } from "./store";

/**
 * Adds the batches in Redis up in Postgres: two commands and one transaction, or one command when there are none. Safe to
 * repeat and to run concurrently; a crash on the way leaves batches that the next call recognises by their ids.
 *
 * @returns how many batches there were; 0 when Redis is unavailable
 * @throws what Postgres throws: the batches stay in Redis
 */
export async function foldBatches(): Promise<number> {
  try {
    const batches = Object.values(await redisService().hgetall(keys.metricBatches, batchSchema));
    if (batches.length === 0) return 0;
    await storeBatches(batches);
    await redisService().hdel(keys.metricBatches, ...batches.map(({ id }) => id));
    return batches.length;
  } catch (error) {
    if (!(error instanceof RedisUnavailableError)) throw error;
    log().debug({ err: error }, "counts not added up: Redis unavailable");
    return 0;
  }
}
