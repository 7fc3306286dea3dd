import { z } from "zod";
import { type CommandArguments, RedisUnavailableError } from "../guarded-redis";

/**
 * Sends a command now, or puts it into a pipeline: the factories of this folder do not know which.
 *
 * @param read  makes the result of what Redis replied
 */
export type RunCommand = <T>(command: CommandArguments, read: ReplyReader<T>) => Promise<T>;

/** @param invalid  to be called for each stored value that is not as its schema says */
export type ReplyReader<T> = (reply: unknown, invalid: () => void) => T;

/** A number of things. */
export const readCount: ReplyReader<number> = (reply) => parseReply(z.number().int(), reply);

/** 1 or 0, as yes or no. */
export const readFlag: ReplyReader<boolean> = (reply) =>
  parseReply(z.union([z.literal(0), z.literal(1)]), reply) === 1;

/** "OK". */
export const readOk: ReplyReader<void> = (reply) => {
  parseReply(z.literal("OK"), reply);
};

export const readTexts: ReplyReader<string[]> = (reply) => parseReply(z.array(z.string()), reply);

/**
 * What Redis itself says has one shape; anything else was not said by Redis.
 * @throws {RedisUnavailableError}
 */
export function parseReply<T>(schema: z.ZodType<T>, reply: unknown): T {
  const parsed = schema.safeParse(reply);
  if (!parsed.success) throw new RedisUnavailableError("out-of-service", parsed.error);
  return parsed.data;
}

/**
 * A time to live, checked.
 * @throws {RangeError} when it is not a whole number of seconds from 1 on; Redis would delete the key
 */
export function checkTtlSeconds(ttlSeconds: number): number {
  if (Number.isSafeInteger(ttlSeconds) && ttlSeconds >= 1) return ttlSeconds;
  throw new RangeError(`ttlSeconds must be a whole number of at least 1, not ${ttlSeconds}`);
}
