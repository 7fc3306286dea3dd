import { z } from "zod";
import { expected, type Read } from "./reply-readers";

/** What can be stored. Nothing is not among it: delete the key, field or member. */
export type Value = string | number | bigint | boolean | object;

/**
 * A value as Redis keeps it: a string as it is, so that Lua, `INCR` and redis-cli find what they expect;
 * anything else as JSON.
 *
 * @throws {TypeError} for what JSON has no word for: NaN, infinity, null, undefined, functions
 */
export function encode(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return value.toString();
  const isNothing =
    value === null || value === undefined || (typeof value === "number" && !Number.isFinite(value));
  const text = isNothing ? undefined : JSON.stringify(value);
  if (text === undefined) throw new TypeError(`${String(value)} cannot be stored in Redis`);
  return text;
}

/**
 * A stored value as its schema sees it: the text, if the schema takes that (`"007"` and `"123"` stay the
 * strings they were), else what the text says as JSON. So a schema should not take both strings and
 * something else. Integers that a number cannot hold exactly are no numbers: read them with
 * `z.coerce.bigint()` or as text.
 *
 * @returns what `safeParse` does; it never throws for what is stored
 */
export function decode<T>(text: string, schema: z.ZodType<T>): z.ZodSafeParseResult<T> {
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

const maybeText = z.string().nullable();

/** One value; null when there is none, or when it is not as the schema says. */
export function one<T>(schema: z.ZodType<T>): Read<T | null> {
  return (reply, invalid) => {
    const text = expected(maybeText, reply);
    if (text === null) return null;
    const parsed = decode(text, schema);
    if (parsed.success) return parsed.data;
    invalid();
    return null;
  };
}

/** The values that are as the schema says, in their order; others are left out. */
export function many<T>(schema: z.ZodType<T>): Read<T[]> {
  return (reply, invalid) =>
    expected(z.array(z.string()), reply).flatMap((text) => {
      const parsed = decode(text, schema);
      if (parsed.success) return [parsed.data];
      invalid();
      return [];
    });
}

const flatPairs = z.array(z.union([z.string(), z.number()])).refine((list) => list.length % 2 === 0);

/** Redis' `[a, 1, b, 2]` as `[[a, 1], [b, 2]]`. */
export function pairs(reply: unknown): [string, string][] {
  const flat = expected(flatPairs, reply).map(String);
  return flat.flatMap((item, at) => (at % 2 === 0 ? [[item, flat[at + 1] ?? ""] as [string, string]] : []));
}
