import { z } from "zod";
import {
  decodeValue,
  encodeValue,
  parseReply,
  type RedisValue,
  type ReplyReader,
  type RunCommand,
  readCount,
  readPairs,
  readValues,
} from "./codec";

export interface Scored<T> {
  member: T;
  score: number;
}

/** One end of a range of scores: included, or excluded with a leading `(`. Infinity: no bound. */
export type ScoreBound = number | `(${number}`;

export interface RangeOptions {
  /** Highest score first. */
  reverse?: boolean;
}

/** Commands on sorted sets. Each is atomic and safe to repeat. */
export function sortedSetCommands(run: RunCommand) {
  return {
    /** Adds members or updates their scores; returns how many are new. */
    zadd: async (key: string, ...members: Scored<RedisValue>[]): Promise<number> => {
      const list = members.flatMap(({ member, score }) => [formatScore(score), encodeValue(member)]);
      return list.length === 0 ? 0 : run(["ZADD", key, ...list], readCount);
    },

    /** Updates the scores of those that are members, and adds none; returns how many scores have changed. */
    zaddExisting: async (key: string, ...members: Scored<RedisValue>[]): Promise<number> => {
      const list = members.flatMap(({ member, score }) => [formatScore(score), encodeValue(member)]);
      return list.length === 0 ? 0 : run(["ZADD", key, "XX", "CH", ...list], readCount);
    },

    /** Returns how many of the members existed. */
    zrem: async (key: string, ...members: RedisValue[]): Promise<number> =>
      members.length === 0 ? 0 : run(["ZREM", key, ...members.map(encodeValue)], readCount),

    /** Members by rank, both ends included, -1 is the last; those that do not match are left out (counted). */
    zrange: <T>(
      key: string,
      start: number,
      stop: number,
      schema: z.ZodType<T>,
      options: RangeOptions = {},
    ): Promise<T[]> => run(["ZRANGE", key, start, stop, ...reverseArgs(options)], readValues(schema)),

    /** Like `zrange`, with scores. */
    zrangeWithScores: <T>(
      key: string,
      start: number,
      stop: number,
      schema: z.ZodType<T>,
      options: RangeOptions = {},
    ): Promise<Scored<T>[]> =>
      run(["ZRANGE", key, start, stop, ...reverseArgs(options), "WITHSCORES"], readScored(schema)),

    /** Members by score, lowest first, at most `limit`. */
    zrangebyscore: async <T>(
      key: string,
      min: ScoreBound,
      max: ScoreBound,
      schema: z.ZodType<T>,
      { limit }: { limit?: number } = {},
    ): Promise<T[]> => {
      const limitArgs = limit === undefined ? [] : ["LIMIT", 0, limit];
      return run(
        ["ZRANGEBYSCORE", key, formatScore(min), formatScore(max), ...limitArgs],
        readValues(schema),
      );
    },

    zcard: (key: string): Promise<number> => run(["ZCARD", key], readCount),

    /** Null when it is not a member. */
    zscore: async (key: string, member: RedisValue): Promise<number | null> =>
      run(["ZSCORE", key, encodeValue(member)], (reply) => {
        const score = parseReply(z.union([z.string(), z.number(), z.null()]), reply);
        return score === null ? null : parseScore(String(score));
      }),

    /** The scores, in the order of the members; null for one that is not a member. */
    zmscore: async (key: string, ...members: RedisValue[]): Promise<(number | null)[]> =>
      members.length === 0
        ? []
        : run(["ZMSCORE", key, ...members.map(encodeValue)], (reply) =>
            parseReply(z.array(z.union([z.string(), z.number(), z.null()])), reply).map((score) =>
              score === null ? null : parseScore(String(score)),
            ),
          ),

    /** Removes members by score; returns how many. */
    zremrangebyscore: (key: string, min: ScoreBound, max: ScoreBound): Promise<number> =>
      run(["ZREMRANGEBYSCORE", key, formatScore(min), formatScore(max)], readCount),
  };
}

function reverseArgs({ reverse }: RangeOptions): string[] {
  return reverse ? ["REV"] : [];
}

function readScored<T>(schema: z.ZodType<T>): ReplyReader<Scored<T>[]> {
  return (reply, invalid) =>
    readPairs(reply).flatMap(([text, score]) => {
      const parsed = decodeValue(text, schema);
      if (parsed.success) return [{ member: parsed.data, score: parseScore(score) }];
      invalid();
      return [];
    });
}

/** @throws {RangeError} when the score is NaN */
function formatScore(score: ScoreBound): string {
  if (Number.isNaN(score)) throw new RangeError("a score must be a number");
  if (score === Number.POSITIVE_INFINITY) return "+inf";
  return score === Number.NEGATIVE_INFINITY ? "-inf" : String(score);
}

function parseScore(score: string): number {
  if (/^\+?inf$/i.test(score)) return Number.POSITIVE_INFINITY;
  return /^-inf$/i.test(score) ? Number.NEGATIVE_INFINITY : Number(score);
}
