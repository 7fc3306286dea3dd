import { atExit } from "../core/at-exit";
import { AppError } from "../core/errors";
import { acquireSlot } from "./connection-slots";
import { hub } from "./hub";
import { keepAlive, outsideRequest } from "./request-scope";
import { Stream, type StreamOptions } from "./stream";

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
