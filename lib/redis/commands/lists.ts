import type { z } from "zod";
import { encodeValue, type RedisValue, type RunCommand, readCount, readValue, readValues } from "./codec";

/** Commands on lists. Each is atomic; pushes and pops are NOT safe to repeat. */
export function listCommands(run: RunCommand) {
  return {
    /** Prepends values one after another, so the last argument becomes the first element. Returns the length. */
    lpush: async (key: string, ...values: [RedisValue, ...RedisValue[]]): Promise<number> =>
      run(["LPUSH", key, ...values.map(encodeValue)], readCount),

    /** Appends values. Returns the length. */
    rpush: async (key: string, ...values: [RedisValue, ...RedisValue[]]): Promise<number> =>
      run(["RPUSH", key, ...values.map(encodeValue)], readCount),

    /** Removes and returns the first element. Null when empty or not matching the schema (counted; still removed). */
    lpop: <T>(key: string, schema: z.ZodType<T>): Promise<T | null> => run(["LPOP", key], readValue(schema)),

    /** Removes and returns the last element; otherwise like `lpop`. */
    rpop: <T>(key: string, schema: z.ZodType<T>): Promise<T | null> => run(["RPOP", key], readValue(schema)),

    /** Elements by index, both ends included, -1 is the last; those that do not match are left out (counted). */
    lrange: <T>(key: string, start: number, stop: number, schema: z.ZodType<T>): Promise<T[]> =>
      run(["LRANGE", key, start, stop], readValues(schema)),

    /** Keeps the elements between two indexes, both included. Safe to repeat. */
    ltrim: (key: string, start: number, stop: number): Promise<void> =>
      run(["LTRIM", key, start, stop], () => {}),

    llen: (key: string): Promise<number> => run(["LLEN", key], readCount),
  };
}
