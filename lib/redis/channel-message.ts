import type { z } from "zod";

/** Redis would see another name than this one. */
export class ChannelNameError extends Error {
  constructor(channel: string) {
    super(
      `invalid channel name ${JSON.stringify(channel.slice(0, 100))}: use 1 to ${MAX_CHANNEL_LENGTH} letters, digits and : _ - . @ ~ only`,
    );
    this.name = "ChannelNameError";
  }
}

const MAX_CHANNEL_LENGTH = 512;

/**
 * The name is part of an unencoded URL and of frames that are split at commas: `/ ? # , %`, spaces and
 * everything else that a URL parser rewrites would silently name another channel.
 *
 * @returns the name
 * @throws {ChannelNameError}
 */
export function validateChannel(channel: string): string {
  const isValid = /^[A-Za-z0-9:_.@~-]+$/.test(channel) && channel.length <= MAX_CHANNEL_LENGTH;
  // A URL parser resolves these as the current and the parent folder.
  if (!isValid || channel === "." || channel === "..") throw new ChannelNameError(channel);
  return channel;
}

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
