import type { z } from "zod";

/**
 * Encodes a message for publishing. Always JSON: it has no line breaks, which would split it in an event stream.
 * @throws {TypeError} when JSON cannot represent the message
 */
export function encodeMessage(message: unknown): string {
  const text = JSON.stringify(message);
  if (text === undefined) throw new TypeError(`cannot publish ${String(message)}: JSON cannot represent it`);
  return text;
}

/** Parses a message by its schema: as JSON, or as plain text when the publisher sent no JSON. */
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
