import type { z } from "zod";
import {
  checkTtlSeconds,
  encodeValue,
  type RedisValue,
  type RunCommand,
  readCount,
  readFlag,
  readOk,
  readValue,
} from "./codec";

/** Commands on strings and on keys of any type. Each is atomic. */
export function stringCommands(run: RunCommand) {
  return {
    /** Null when the key is missing or its value does not match the schema (counted). */
    get: <T>(key: string, schema: z.ZodType<T>): Promise<T | null> => run(["GET", key], readValue(schema)),

    /**
     * Stores a value and replaces any earlier one. Safe to repeat.
     * @param ttlSeconds  without it the key never expires, even if it had a TTL before
     * @throws {RangeError} when the TTL is not a whole number of at least 1
     * @throws {TypeError} when the value cannot be encoded
     */
    set: async (
      key: string,
      value: RedisValue,
      { ttlSeconds }: { ttlSeconds?: number } = {},
    ): Promise<void> => {
      const expiryArgs = ttlSeconds === undefined ? [] : ["EX", checkTtlSeconds(ttlSeconds)];
      await run(["SET", key, encodeValue(value), ...expiryArgs], readOk);
    },

    /** Returns how many of the keys existed. Safe to repeat. */
    del: async (...keys: string[]): Promise<number> =>
      keys.length === 0 ? 0 : run(["DEL", ...keys], readCount),

    /** Returns how many of the keys exist; a key given twice counts twice. */
    exists: async (...keys: string[]): Promise<number> =>
      keys.length === 0 ? 0 : run(["EXISTS", ...keys], readCount),

    /** False when the key is missing. Safe to repeat: the TTL starts again. @throws {RangeError} like `set` */
    expire: async (key: string, ttlSeconds: number): Promise<boolean> =>
      run(["EXPIRE", key, checkTtlSeconds(ttlSeconds)], readFlag),

    /** Seconds left; -1 without a TTL, -2 when the key is missing. */
    ttl: (key: string): Promise<number> => run(["TTL", key], readCount),

    /** Adds 1 and returns the result; a missing key counts as 0. NOT safe to repeat. */
    incr: (key: string): Promise<number> => run(["INCR", key], readCount),

    /** Subtracts 1 and returns the result; a missing key counts as 0. NOT safe to repeat. */
    decr: (key: string): Promise<number> => run(["DECR", key], readCount),
  };
}
