import { AppError } from "../core/errors";
import { log } from "../core/log";
import type { Subscription } from "../redis";
import { listen } from "./wake";

/** Proxies cut what is silent; and a wake that was missed is made up for. */
const HEARTBEAT_MS = 15_000;
/** A function may run for five minutes (`maxDuration` of the route): the stream ends before, and the browser comes back. */
const LIFETIME_MS = 285_000;
/** A browser has one; so many are somebody's script. */
const MOST_OF_ONE_PERSON = 30;
/** How soon a browser comes back after the stream has ended. */
const RETRY_MS = 1_000;

export interface StreamOptions {
  userId: string;
  /** Whether who opened it may still have it. Throws when nobody can say: it stays open then. */
  mayStay(): Promise<boolean>;
  /** The browser is gone. */
  signal: AbortSignal;
}

interface Stream {
  look(): Promise<void>;
}

const streams = new Map<string, Set<Stream>>();
let upstream: Subscription | undefined;

/** Streams that this instance has open, and whether it hears what others tell. */
export function streamStats(): { people: number; streams: number; listening: boolean } {
  let count = 0;
  for (const ofOne of streams.values()) count += ofOne.size;
  return { people: streams.size, streams: count, listening: upstream !== undefined };
}

/**
 * Opens an event stream (server-sent events). It says `session-ended` and closes within moments of the session's
 * end, and `reconnect` before the function's time is up; a comment now and then shows that it lives.
 *
 * @throws {AppError} rate_limited when the person has too many open on this instance
 */
export function openStream({ userId, mayStay, signal }: StreamOptions): Response {
  if ((streams.get(userId)?.size ?? 0) >= MOST_OF_ONE_PERSON) {
    throw new AppError("rate_limited", { retryAfterSeconds: 60 });
  }
  let close = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const encoder = new TextEncoder();
      let closed = false;
      const say = (text: string) => {
        if (!closed) controller.enqueue(encoder.encode(text));
      };
      close = () => {
        if (closed) return;
        closed = true;
        clearInterval(heartbeat);
        clearTimeout(end);
        signal.removeEventListener("abort", close);
        remove(userId, stream);
        try {
          controller.close();
        } catch {
          // The browser was faster.
        }
      };
      const look = async () => {
        try {
          if (closed || (await mayStay())) return;
          say("event: session-ended\ndata: {}\n\n");
          close();
        } catch (error) {
          log().debug({ err: error }, "a stream stays open: nobody can say whether it may");
        }
      };
      const stream: Stream = { look };
      const heartbeat = setInterval(() => {
        say(": alive\n\n");
        void look();
      }, HEARTBEAT_MS);
      const end = setTimeout(() => {
        say("event: reconnect\ndata: {}\n\n");
        close();
      }, LIFETIME_MS);
      signal.addEventListener("abort", close);
      if (signal.aborted) return close();
      add(userId, stream);
      say(`retry: ${RETRY_MS}\nevent: open\ndata: {}\n\n`);
      // It may have ended between the request and now, before there was anybody to be told.
      void upstream?.ready.then(look, () => {});
    },
    cancel: () => close(),
  });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      // nginx would hold it back.
      "x-accel-buffering": "no",
    },
  });
}

function add(userId: string, stream: Stream): void {
  const ofOne = streams.get(userId) ?? new Set();
  streams.set(userId, ofOne.add(stream));
  upstream ??= listen(lookAfter);
}

function remove(userId: string, stream: Stream): void {
  const ofOne = streams.get(userId);
  ofOne?.delete(stream);
  if (ofOne?.size === 0) streams.delete(userId);
  if (streams.size > 0) return;
  upstream?.close();
  upstream = undefined;
}

function lookAfter(userId: string | null): void {
  const concerned = userId === null ? [...streams.values()] : [streams.get(userId) ?? []];
  for (const ofOne of concerned) for (const stream of ofOne) void stream.look();
}
