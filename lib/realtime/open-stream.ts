import { AsyncLocalStorage } from "node:async_hooks";
import { after } from "next/server";
import { atExit } from "../core/at-exit";
import { AppError } from "../core/errors";
import type { Channel } from "../schemas/channels";
import { type Cursor, parseCursor, parseEventId } from "./channel-log";
import { hub } from "./hub";
import { parseChannel } from "./parse-channel";
import { Stream, type StreamOptions, type StreamOwner } from "./stream";

/** Channels of one stream; more do not fit into a URL. */
export const MAX_CHANNELS = 100;

/** Headers of every event stream response. */
export const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
  // Without it nginx buffers the stream.
  "x-accel-buffering": "no",
} as const;

let isShuttingDown = false;

/** Open streams of this instance and the state of its upstream subscription. */
export const streamStats = () => hub.stats();

/** On shutdown the streams send `reconnect`, and no new one is opened. */
atExit(() => {
  isShuttingDown = true;
  hub.shutDown();
});

/**
 * Opens an event stream (server-sent events). docs/REALTIME.md has the protocol: `open`, then for each channel
 * `joined` and its events in order, `reload` when events are permanently missing, `denied` for a channel that the user
 * may not (or no longer) read, `live`, `heartbeat`, and at the end `session-ended` or `reconnect`.
 *
 * @throws {AppError} forbidden when all requested channels are denied; rate_limited when the user, or an anonymous
 *         user's network, has too many streams on this instance; unavailable when the instance is shutting down
 */
export async function openStream(options: StreamOptions): Promise<Response> {
  const { owner, channels } = options;
  const releaseSlot = acquireSlot(owner);
  try {
    const rights = await options.authorizeChannels([...channels.keys()]);
    if (channels.size > 0 && [...channels.keys()].every((channel) => rights.get(channel) === false))
      throw new AppError("forbidden");
    if (isShuttingDown) throw new AppError("unavailable");
    let stream: Stream | undefined;
    let resolveEnded: (cleanup: Promise<void> | undefined) => void = () => {};
    const ended = new Promise<void>((resolve) => {
      resolveEnded = resolve;
    });
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      stream = new Stream(options, rights, controller, (cleanup) => {
        releaseSlot();
        resolveEnded(cleanup);
      });
      stream.open();
    };
    const body = outsideRequest(
      () =>
        new ReadableStream<Uint8Array>(
          { start, cancel: () => stream?.close() },
          new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
        ),
    );
    keepAlive(ended);
    return new Response(body, { headers: STREAM_HEADERS });
  } catch (error) {
    releaseSlot();
    throw error;
  }
}

/** Streams of one user on an instance. A browser has one; more than this are a script. */
const MAX_SLOTS_PER_USER = 30;
/** Anonymous streams of one network on an instance. Beyond it (a school, for example) counts do not update. */
const MAX_SLOTS_PER_NETWORK = 100;
const RETRY_AFTER_SECONDS = 60;

const slotsInUse = new Map<string, number>();

/**
 * Takes a slot for a stream on this instance. Call it before any `await`, so that concurrent requests cannot exceed the
 * limit.
 *
 * @returns releases the slot; safe to call twice
 * @throws {AppError} rate_limited
 */
function acquireSlot(owner: StreamOwner): () => void {
  const key = owner.userId ?? `network:${owner.network ?? ""}`;
  const maxSlots = owner.userId === null ? MAX_SLOTS_PER_NETWORK : MAX_SLOTS_PER_USER;
  const count = slotsInUse.get(key) ?? 0;
  if (count >= maxSlots) throw new AppError("rate_limited", { retryAfterSeconds: RETRY_AFTER_SECONDS });
  slotsInUse.set(key, count + 1);
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    const remaining = (slotsInUse.get(key) ?? 1) - 1;
    if (remaining > 0) slotsInUse.set(key, remaining);
    else slotsInUse.delete(key);
  };
}

/**
 * Runs work outside the scope of the current request. Inside it, work deferred by a stream (presence changes, for
 * example) would wait until the stream ends, because deferred work waits for the end of the response.
 */
const outsideRequest: <R>(work: () => R) => R = AsyncLocalStorage.snapshot();

/** Keeps the function alive until the promise is settled, even after the browser has disconnected. */
function keepAlive(work: Promise<unknown>): void {
  try {
    after(work);
  } catch {
    // Outside a request there is no function to keep alive.
  }
}

interface SubscriptionParams {
  channel: readonly string[];
  /** Cursors, in the order of the channels. */
  after: readonly string[];
  /** Header that a browser sends when it reconnects; it is newer than the cursors in the URL. */
  lastEventId: string | null;
}

/**
 * Parses a request's channels, each with the cursor to resume from.
 * @throws {AppError} bad_request for an unknown channel
 */
export function parseSubscriptions({
  channel,
  after,
  lastEventId,
}: SubscriptionParams): Map<Channel, Cursor | null> {
  const channels = new Map<Channel, Cursor | null>();
  for (const [index, name] of channel.entries())
    channels.set(parseChannel(name).name, parseCursor(after[index]));
  const lastEvent = parseEventId(lastEventId);
  if (lastEvent && channels.has(lastEvent.channel as Channel))
    channels.set(lastEvent.channel as Channel, lastEvent.cursor);
  return channels;
}
