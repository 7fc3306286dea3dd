import { z } from "zod";
import { type CommandArguments, RedisUnavailableError } from "../guarded-redis";

/**
 * Sends a command now, or puts it into a pipeline: the factories of this folder do not know which.
 *
 * @param read  makes the result of what Redis replied
 */
export type Run = <T>(command: CommandArguments, read: Read<T>) => Promise<T>;

/** @param invalid  to be called for each stored value that is not as its schema says */
export type Read<T> = (reply: unknown, invalid: () => void) => T;

/** A number of things. */
export const count: Read<number> = (reply) => expected(z.number().int(), reply);

/** 1 or 0, as yes or no. */
export const yes: Read<boolean> = (reply) => expected(z.union([z.literal(0), z.literal(1)]), reply) === 1;

/** "OK". */
export const done: Read<void> = (reply) => {
  expected(z.literal("OK"), reply);
};

export const texts: Read<string[]> = (reply) => expected(z.array(z.string()), reply);

/**
 * What Redis itself says has one shape; anything else was not said by Redis.
 * @throws {RedisUnavailableError}
 */
export function expected<T>(schema: z.ZodType<T>, reply: unknown): T {
  const parsed = schema.safeParse(reply);
  if (!parsed.success) throw new RedisUnavailableError("out-of-service", parsed.error);
  return parsed.data;
}

/**
 * A time to live, checked.
 * @throws {RangeError} when it is not a whole number of seconds from 1 on; Redis would delete the key
 */
export function wholeSeconds(ttlSeconds: number): number {
  if (Number.isSafeInteger(ttlSeconds) && ttlSeconds >= 1) return ttlSeconds;
  throw new RangeError(`ttlSeconds must be a whole number of at least 1, not ${ttlSeconds}`);
}
