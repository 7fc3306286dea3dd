import type { z } from "zod";
import { encodeValue, type RedisValue, type RunCommand, readCount, readFlag, readValues } from "./codec";

/** Commands on sets. Each is atomic and safe to repeat. */
export function setCommands(run: RunCommand) {
  return {
    /** Returns how many members are new. */
    sadd: async (key: string, ...members: RedisValue[]): Promise<number> =>
      members.length === 0 ? 0 : run(["SADD", key, ...members.map(encodeValue)], readCount),

    /** Returns how many of the members existed. */
    srem: async (key: string, ...members: RedisValue[]): Promise<number> =>
      members.length === 0 ? 0 : run(["SREM", key, ...members.map(encodeValue)], readCount),

    /** Members that match the schema, in no order; others are left out (counted). */
    smembers: <T>(key: string, schema: z.ZodType<T>): Promise<T[]> =>
      run(["SMEMBERS", key], readValues(schema)),

    sismember: async (key: string, member: RedisValue): Promise<boolean> =>
      run(["SISMEMBER", key, encodeValue(member)], readFlag),

    scard: (key: string): Promise<number> => run(["SCARD", key], readCount),
  };
}
