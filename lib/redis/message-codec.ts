import type { z } from "zod";

/**
 * A message as it is published: always JSON, so that it has no line end, at which an event stream would cut it.
 * @throws {TypeError} for what JSON has no word for
 */
export function encodeMessage(message: unknown): string {
  const text = JSON.stringify(message);
  if (text === undefined) throw new TypeError(`${String(message)} cannot be published`);
  return text;
}

/** A message as its schema sees it: what it says as JSON, or the text of a publisher that does not use it. */
export function decodeMessage<T>(payload: string, schema: z.ZodType<T>): z.ZodSafeParseResult<T> {
  return schema.safeParse(parseJsonOrText(payload));
}

function parseJsonOrText(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}
