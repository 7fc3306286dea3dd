import type { z } from "zod";
import { checkTtlSeconds, type RunCommand, readCount, readFlag, readOk } from "./reply-readers";
import { encodeValue, type RedisValue, readValue } from "./values";

/** Commands on strings, and on keys of any type. Atomic each. */
export function stringCommands(run: RunCommand) {
  return {
    /** Null when there is none, or it is not as the schema says (which is counted). */
    get: <T>(key: string, schema: z.ZodType<T>): Promise<T | null> => run(["GET", key], readValue(schema)),

    /**
     * Stores a value whatever was there. Safe to repeat.
     * @param ttlSeconds  without it the key stays until it is deleted, and a TTL it had is gone
     * @throws {RangeError} a TTL that is not a whole number from 1 on @throws {TypeError} nothing to store
     */
    set: async (
      key: string,
      value: RedisValue,
      { ttlSeconds }: { ttlSeconds?: number } = {},
    ): Promise<void> => {
      const expiryArgs = ttlSeconds === undefined ? [] : ["EX", checkTtlSeconds(ttlSeconds)];
      await run(["SET", key, encodeValue(value), ...expiryArgs], readOk);
    },

    /** How many of the keys were there. Safe to repeat. */
    del: async (...keys: string[]): Promise<number> =>
      keys.length === 0 ? 0 : run(["DEL", ...keys], readCount),

    /** How many of the keys are there; one that is named twice counts twice. */
    exists: async (...keys: string[]): Promise<number> =>
      keys.length === 0 ? 0 : run(["EXISTS", ...keys], readCount),

    /** False when there is no such key. Safe to repeat: the time begins anew. @throws {RangeError} as `set` */
    expire: async (key: string, ttlSeconds: number): Promise<boolean> =>
      run(["EXPIRE", key, checkTtlSeconds(ttlSeconds)], readFlag),

    /** Seconds left; -1 without a TTL, -2 without a key. */
    ttl: (key: string): Promise<number> => run(["TTL", key], readCount),

    /** The number after adding 1; a missing key counts as 0. NOT safe to repeat. */
    incr: (key: string): Promise<number> => run(["INCR", key], readCount),

    /** The number after taking 1. NOT safe to repeat. */
    decr: (key: string): Promise<number> => run(["DECR", key], readCount),
  };
}
