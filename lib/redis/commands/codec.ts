import { z } from "zod";
import type { CommandArguments } from "../guarded-redis";
import { RedisUnavailableError } from "../unavailable";

/**
 * Sends a command, or queues it in a pipeline: the factories of this folder do not depend on which.
 *
 * @param read  converts the reply to the result
 */
export type RunCommand = <T>(command: CommandArguments, read: ReplyReader<T>) => Promise<T>;

/** @param invalid  call it for each stored value that does not match its schema */
export type ReplyReader<T> = (reply: unknown, invalid: () => void) => T;

/** What can be stored. To store "nothing", delete the key, field or member. */
export type RedisValue = string | number | bigint | boolean | object;

/**
 * Encodes a value for Redis: a string unchanged, so that Lua, `INCR` and redis-cli find what they expect;
 * anything else as JSON.
 *
 * @throws {TypeError} for what JSON cannot represent: NaN, infinity, null, undefined, functions
 */
export function encodeValue(value: RedisValue): string {
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return value.toString();
  const isUnstorable =
    value === null || value === undefined || (typeof value === "number" && !Number.isFinite(value));
  const text = isUnstorable ? undefined : JSON.stringify(value);
  if (text === undefined)
    throw new TypeError(`cannot store ${String(value)} in Redis: JSON cannot represent it`);
  return text;
}

/**
 * Parses a stored value by its schema: the text itself if the schema accepts it (`"007"` and `"123"` stay
 * strings), else the text as JSON. So a schema should not accept both strings and another type. Integers
 * beyond `Number.MAX_SAFE_INTEGER` do not parse as numbers: read them with `z.coerce.bigint()` or as text.
 *
 * @returns the result of `safeParse`; never throws
 */
export function decodeValue<T>(text: string, schema: z.ZodType<T>): z.ZodSafeParseResult<T> {
  const asText = schema.safeParse(text);
  if (asText.success) return asText;
  const json = parseJson(text);
  return json === undefined ? asText : schema.safeParse(json);
}

function parseJson(text: string): unknown {
  if (/^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text))) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Returns a valid TTL unchanged.
 * @throws {RangeError} when it is not a whole number of at least 1; with 0 Redis would delete the key
 */
export function checkTtlSeconds(ttlSeconds: number): number {
  if (Number.isSafeInteger(ttlSeconds) && ttlSeconds >= 1) return ttlSeconds;
  throw new RangeError(`ttlSeconds must be a whole number of at least 1, not ${ttlSeconds}`);
}

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

const nullableText = z.string().nullable();

/** One value; null when it is missing or does not match the schema. */
export function readValue<T>(schema: z.ZodType<T>): ReplyReader<T | null> {
  return (reply, invalid) => {
    const text = parseReply(nullableText, reply);
    if (text === null) return null;
    const parsed = decodeValue(text, schema);
    if (parsed.success) return parsed.data;
    invalid();
    return null;
  };
}

/** The values that match the schema, in order; others are left out. */
export function readValues<T>(schema: z.ZodType<T>): ReplyReader<T[]> {
  return (reply, invalid) =>
    parseReply(z.array(z.string()), reply).flatMap((text) => {
      const parsed = decodeValue(text, schema);
      if (parsed.success) return [parsed.data];
      invalid();
      return [];
    });
}

const flatPairsSchema = z.array(z.union([z.string(), z.number()])).refine((list) => list.length % 2 === 0);

/** Converts `[a, 1, b, 2]` to `[[a, 1], [b, 2]]`. */
export function readPairs(reply: unknown): [string, string][] {
  const flat = parseReply(flatPairsSchema, reply).map(String);
  return flat.flatMap((item, index) =>
    index % 2 === 0 ? [[item, flat[index + 1] ?? ""] as [string, string]] : [],
  );
}
