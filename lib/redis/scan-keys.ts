import { redis } from "./redis-service";

/** Keys of one step: about a millisecond of Redis. */
const SCAN_COUNT = 500;

/**
 * Batches of matching keys, each key at least once, in no order. Reads all keys of Redis, a step at a time: for
 * operators and maintenance.
 * @throws {RedisUnavailableError}
 */
export async function* scanKeys(match: string): AsyncGenerator<string[]> {
  let cursor = "0";
  do {
    const [next, found] = await redis().scan(cursor, { match, count: SCAN_COUNT });
    yield [...new Set(found.map(String))];
    cursor = String(next);
  } while (cursor !== "0");
}
