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

/** Steps of one call of {@link scanSomeKeys}, each a command: twenty thousand keys of Redis. */
const MAX_SCAN_STEPS = 40;

/** A part of all keys. */
export interface ScannedPart {
  /** Each once, in no order. */
  found: string[];
  /** How many keys Redis went through, about. */
  walked: number;
  /** Where the next call goes on; null at the end. */
  nextCursor: string | null;
}

/**
 * Matching keys of a part of Redis: in bounded time, however many keys there are.
 * @param cursor  `nextCursor` of the call before; `0` begins
 * @param enough  it ends with the step that finds so many
 * @throws {RedisUnavailableError}
 */
export async function scanSomeKeys(
  match: string,
  cursor = "0",
  enough = Number.POSITIVE_INFINITY,
): Promise<ScannedPart> {
  const found = new Set<string>();
  let at = cursor;
  let steps = 0;
  do {
    const [next, keys] = await redis().scan(at, { match, count: SCAN_COUNT });
    for (const key of keys) found.add(String(key));
    at = String(next);
    steps += 1;
  } while (at !== "0" && steps < MAX_SCAN_STEPS && found.size < enough);
  return { found: [...found], walked: steps * SCAN_COUNT, nextCursor: at === "0" ? null : at };
}
