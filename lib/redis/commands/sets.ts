import type { z } from "zod";
import { count, type Run, yes } from "./reply-readers";
import { encode, many, type Value } from "./values";

/** Commands on sets. Atomic each, and all safe to repeat. */
export function setCommands(run: Run) {
  return {
    /** How many were not there before. */
    sadd: async (key: string, ...members: Value[]): Promise<number> =>
      members.length === 0 ? 0 : run(["SADD", key, ...members.map(encode)], count),

    /** How many were there. */
    srem: async (key: string, ...members: Value[]): Promise<number> =>
      members.length === 0 ? 0 : run(["SREM", key, ...members.map(encode)], count),

    /** Members that are as the schema says, in no order; others are left out (counted). */
    smembers: <T>(key: string, schema: z.ZodType<T>): Promise<T[]> => run(["SMEMBERS", key], many(schema)),

    sismember: async (key: string, member: Value): Promise<boolean> =>
      run(["SISMEMBER", key, encode(member)], yes),

    scard: (key: string): Promise<number> => run(["SCARD", key], count),
  };
}
