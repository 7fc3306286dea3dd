import { z } from "zod";
import { count, expected, type Read, type Run } from "./reply-readers";
import { decode, encode, many, pairs, type Value } from "./values";

export interface Scored<T> {
  member: T;
  score: number;
}

/** An end of a range of scores, included; with `(` in front of it, excluded. Infinity is none. */
export type ScoreEnd = number | `(${number}`;

export interface RangeOptions {
  /** Highest score first. */
  reverse?: boolean;
}

/** Commands on sorted sets. Atomic each, and all safe to repeat. */
export function sortedSetCommands(run: Run) {
  return {
    /** Adds members or changes their scores; answers how many are new. */
    zadd: async (key: string, ...members: Scored<Value>[]): Promise<number> => {
      const list = members.flatMap(({ member, score }) => [ofScore(score), encode(member)]);
      return list.length === 0 ? 0 : run(["ZADD", key, ...list], count);
    },

    /** How many were there. */
    zrem: async (key: string, ...members: Value[]): Promise<number> =>
      members.length === 0 ? 0 : run(["ZREM", key, ...members.map(encode)], count),

    /** By place, both ends included, -1 being the last; what is not as the schema says is left out (counted). */
    zrange: <T>(
      key: string,
      start: number,
      stop: number,
      schema: z.ZodType<T>,
      options: RangeOptions = {},
    ): Promise<T[]> => run(["ZRANGE", key, start, stop, ...reversed(options)], many(schema)),

    /** The same with the scores. */
    zrangeWithScores: <T>(
      key: string,
      start: number,
      stop: number,
      schema: z.ZodType<T>,
      options: RangeOptions = {},
    ): Promise<Scored<T>[]> =>
      run(["ZRANGE", key, start, stop, ...reversed(options), "WITHSCORES"], scored(schema)),

    /** By score, lowest first. @param limit  no more than this many */
    zrangebyscore: async <T>(
      key: string,
      min: ScoreEnd,
      max: ScoreEnd,
      schema: z.ZodType<T>,
      { limit }: { limit?: number } = {},
    ): Promise<T[]> => {
      const atMost = limit === undefined ? [] : ["LIMIT", 0, limit];
      return run(["ZRANGEBYSCORE", key, ofScore(min), ofScore(max), ...atMost], many(schema));
    },

    zcard: (key: string): Promise<number> => run(["ZCARD", key], count),

    /** Null when it is no member. */
    zscore: async (key: string, member: Value): Promise<number | null> =>
      run(["ZSCORE", key, encode(member)], (reply) => {
        const score = expected(z.union([z.string(), z.number(), z.null()]), reply);
        return score === null ? null : toNumber(String(score));
      }),
  };
}

function reversed({ reverse }: RangeOptions): string[] {
  return reverse ? ["REV"] : [];
}

function scored<T>(schema: z.ZodType<T>): Read<Scored<T>[]> {
  return (reply, invalid) =>
    pairs(reply).flatMap(([text, score]) => {
      const parsed = decode(text, schema);
      if (parsed.success) return [{ member: parsed.data, score: toNumber(score) }];
      invalid();
      return [];
    });
}

/** @throws {RangeError} a score that is not a number */
function ofScore(score: ScoreEnd): string {
  if (Number.isNaN(score)) throw new RangeError("a score must be a number");
  if (score === Number.POSITIVE_INFINITY) return "+inf";
  return score === Number.NEGATIVE_INFINITY ? "-inf" : String(score);
}

function toNumber(score: string): number {
  if (/^\+?inf$/i.test(score)) return Number.POSITIVE_INFINITY;
  return /^-inf$/i.test(score) ? Number.NEGATIVE_INFINITY : Number(score);
}
