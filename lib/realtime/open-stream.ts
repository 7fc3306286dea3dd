import { atExit } from "../core/at-exit";
import { AppError } from "../core/errors";
import { acquireSlot } from "./connection-slots";
import { hub } from "./hub";
import { keepAlive, outsideRequest } from "./request-scope";
import { Stream, type StreamOptions } from "./stream";

/** Of one stream: more do not fit an address. */
export const MAX_CHANNELS = 100;

/** Of every answer that is an event stream. */
export const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
  // nginx would hold it back.
  "x-accel-buffering": "no",
} as const;

let isShuttingDown = false;

/** What this instance has open, and whether it hears what others tell. */
export const streamStats = () => hub.stats();

/** The instance ends: its streams say `reconnect`, and no other is opened here. */
atExit(() => {
  isShuttingDown = true;
  hub.shutDown();
});

/**
 * Opens an event stream (server-sent events). docs/REALTIME.md has the protocol: `open`, then for each channel
 * `joined` and its events in order, `reload` where something is missing for good, `denied` for a channel that is
 * (no longer) theirs, `live`, `heartbeat`, and at the end `session-ended` or `reconnect`.
 *
 * @throws {AppError} forbidden when they may listen to none of what they asked for; rate_limited when the person, or the
 *         network of those who are not signed in, has too many open on this instance; unavailable when the instance ends
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
      stream = new Stream(options, rights, controller, (rest) => {
        releaseSlot();
        resolveEnded(rest);
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
