import { z } from "zod";
import { type CommandArguments, RedisUnavailableError } from "../guarded-redis";

/**
 * Sends a command, or queues it in a pipeline: the factories of this folder do not depend on which.
 *
 * @param read  converts the reply to the result
 */
export type RunCommand = <T>(command: CommandArguments, read: ReplyReader<T>) => Promise<T>;

/** @param invalid  call it for each stored value that does not match its schema */
export type ReplyReader<T> = (reply: unknown, invalid: () => void) => T;

export const readCount: ReplyReader<number> = (reply) => parseReply(z.number().int(), reply);

/** 1 or 0 as a boolean. */
export const readFlag: ReplyReader<boolean> = (reply) =>
  parseReply(z.union([z.literal(0), z.literal(1)]), reply) === 1;

export const readOk: ReplyReader<void> = (reply) => {
  parseReply(z.literal("OK"), reply);
};

export const readTexts: ReplyReader<string[]> = (reply) => parseReply(z.array(z.string()), reply);

/**
 * Parses the part of a reply whose shape Redis defines.
 * @throws {RedisUnavailableError} on another shape: the reply is not from Redis
 */
export function parseReply<T>(schema: z.ZodType<T>, reply: unknown): T {
  const parsed = schema.safeParse(reply);
  if (!parsed.success) throw new RedisUnavailableError("out-of-service", parsed.error);
  return parsed.data;
}

/**
 * Returns a valid TTL unchanged.
 * @throws {RangeError} when it is not a whole number of at least 1; with 0 Redis would delete the key
 */
export function checkTtlSeconds(ttlSeconds: number): number {
  if (Number.isSafeInteger(ttlSeconds) && ttlSeconds >= 1) return ttlSeconds;
  throw new RangeError(`ttlSeconds must be a whole number of at least 1, not ${ttlSeconds}`);
}
