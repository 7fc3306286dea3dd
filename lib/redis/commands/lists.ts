import type { z } from "zod";
import { type RunCommand, readCount } from "./reply-readers";
import { encodeValue, type RedisValue, readValue, readValues } from "./values";

/** Commands on lists. Atomic each; pushes and pops are NOT safe to repeat. */
export function listCommands(run: RunCommand) {
  return {
    /** Puts values before the first, one after another: the last one named comes first. Answers the length. */
    lpush: async (key: string, ...values: [RedisValue, ...RedisValue[]]): Promise<number> =>
      run(["LPUSH", key, ...values.map(encodeValue)], readCount),

    /** Puts values after the last. Answers the length. */
    rpush: async (key: string, ...values: [RedisValue, ...RedisValue[]]): Promise<number> =>
      run(["RPUSH", key, ...values.map(encodeValue)], readCount),

    /** Takes the first away. Null when there is none, or it is not as the schema says (counted, and gone). */
    lpop: <T>(key: string, schema: z.ZodType<T>): Promise<T | null> => run(["LPOP", key], readValue(schema)),

    /** Takes the last away; else as `lpop`. */
    rpop: <T>(key: string, schema: z.ZodType<T>): Promise<T | null> => run(["RPOP", key], readValue(schema)),

    /** From place to place, both included, -1 being the last; what is not as the schema says is left out. */
    lrange: <T>(key: string, start: number, stop: number, schema: z.ZodType<T>): Promise<T[]> =>
      run(["LRANGE", key, start, stop], readValues(schema)),

    llen: (key: string): Promise<number> => run(["LLEN", key], readCount),
  };
}
