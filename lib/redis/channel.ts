import type { z } from "zod";
import { now } from "../core/clock";

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

const RECONNECT_DELAY_STEP_MS = 50;
const MAX_RECONNECT_DELAY_MS = 2_000;
/** A connection that lasted this long resets the count of attempts. */
const STABLE_CONNECTION_MS = 2_000;

/** Milliseconds to wait before an attempt to reconnect; the first attempt is 1. */
export function reconnectDelayMs(attempt: number): number {
  return Math.min(attempt * RECONNECT_DELAY_STEP_MS, MAX_RECONNECT_DELAY_MS);
}

export interface ChannelStreamOptions {
  /** Base URL of the Redis REST API. */
  url: string;
  token: string;
  channel: string;
  /** Time limit from opening the connection to the subscription's confirmation. */
  connectTimeoutMs: number;
  /** Resolves after this many milliseconds, or rejects when the signal aborts. */
  wait(delayMs: number, signal: AbortSignal): Promise<void>;
  onConnected(): void;
  /** The stream ended or could not be opened. A new attempt follows. */
  onLost(error: unknown): void;
  onMessage(payload: string): void;
}

/**
 * Keeps one event stream of one channel open until the signal aborts: when the stream ends, it is opened again
 * after `min(attempt × 50, 2000)` ms. Resolves after the abort.
 */
export async function keepStreamOpen(options: ChannelStreamOptions, signal: AbortSignal): Promise<void> {
  let attempt = 0;
  while (!signal.aborted) {
    let connectedAt: number | undefined;
    const error = await readStream(options, signal, () => {
      connectedAt = now();
      options.onConnected();
    }).catch((cause: unknown) => cause);
    if (signal.aborted) return;
    options.onLost(error);
    attempt = connectedAt !== undefined && now() - connectedAt >= STABLE_CONNECTION_MS ? 1 : attempt + 1;
    await options.wait(reconnectDelayMs(attempt), signal).catch(() => {});
  }
}

/** Resolves when the stream ends; throws when it breaks or cannot be opened. */
async function readStream(
  { url, token, channel, connectTimeoutMs, onMessage }: ChannelStreamOptions,
  signal: AbortSignal,
  onConnected: () => void,
): Promise<void> {
  const connection = new AbortController();
  const abortConnection = () => connection.abort(signal.reason);
  signal.addEventListener("abort", abortConnection, { once: true });
  const connectTimer = setTimeout(
    () => connection.abort(new Error(`subscribe timed out after ${connectTimeoutMs} ms`)),
    connectTimeoutMs,
  );
  try {
    const response = await fetch(`${url}/subscribe/${channel}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, accept: "text/event-stream" },
      cache: "no-store",
      signal: connection.signal,
    });
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
    if (!response.ok || !isStream || !response.body)
      throw new Error(`subscribe failed: no event stream, status ${response.status}`);
    const messagePrefix = `message,${channel},`;
    for await (const data of readEvents(response.body)) {
      if (data.startsWith(messagePrefix)) {
        onMessage(data.slice(messagePrefix.length));
      } else if (data.startsWith(`subscribe,${channel},`)) {
        clearTimeout(connectTimer);
        onConnected();
      }
    }
  } finally {
    clearTimeout(connectTimer);
    signal.removeEventListener("abort", abortConnection);
    // Frees a body that was not read to its end.
    connection.abort();
  }
}

/** Larger than any published message; a stream that never ends a line must not fill the memory. */
const MAX_EVENT_LENGTH = 10 * 1024 * 1024;

/**
 * Yields the data of each server-sent event until the stream ends. Several `data:` lines of one event are joined
 * by line breaks, as the format specifies.
 * @throws when the connection is lost or an event is too large
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let buffer = "";
  let data: string[] = [];
  let size = 0;
  for await (const chunk of body) {
    buffer += decoder.decode(chunk, { stream: true });
    const lines = buffer.split("\n");
    buffer = lines.pop() ?? "";
    for (const raw of lines) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (line.startsWith("data:")) {
        data.push(line.slice(line[5] === " " ? 6 : 5));
        size += line.length;
      } else if (line === "" && data.length > 0) {
        yield data.join("\n");
        data = [];
        size = 0;
      }
    }
    if (buffer.length + size > MAX_EVENT_LENGTH) throw new Error("server-sent event too large");
  }
}
