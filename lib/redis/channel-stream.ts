import { now } from "../core/clock";
import { readEvents } from "./read-events";

const RECONNECT_DELAY_STEP_MS = 50;
const MAX_RECONNECT_DELAY_MS = 2_000;
/** A connection that lived this long was a good one: the next attempt is a first one again. */
const STABLE_CONNECTION_MS = 2_000;

/** How long to wait before an attempt to reconnect, the first of which is 1. Milliseconds. */
export function reconnectDelayMs(attempt: number): number {
  return Math.min(attempt * RECONNECT_DELAY_STEP_MS, MAX_RECONNECT_DELAY_MS);
}

export interface ChannelStreamOptions {
  /** Of the Redis REST API. */
  url: string;
  token: string;
  channel: string;
  /** Limit of getting from nothing to subscribed. */
  connectTimeoutMs: number;
  /** Resolves after this many milliseconds, or rejects when the signal fires. */
  wait(delayMs: number, signal: AbortSignal): Promise<void>;
  onConnected(): void;
  /** The stream ended, or could not be had. A new attempt follows. */
  onLost(error: unknown): void;
  onMessage(payload: string): void;
}

/**
 * Keeps one event stream of one channel open until the signal fires: whenever it ends, it is opened again after
 * `min(attempt × 50, 2000)` ms. Resolves when the signal has fired.
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

/** Resolves when the stream ends; throws when it breaks, or was none. */
async function readStream(
  { url, token, channel, connectTimeoutMs, onMessage }: ChannelStreamOptions,
  signal: AbortSignal,
  onConnected: () => void,
): Promise<void> {
  const connection = new AbortController();
  const abortConnection = () => connection.abort(signal.reason);
  signal.addEventListener("abort", abortConnection, { once: true });
  const connectTimer = setTimeout(
    () => connection.abort(new Error(`not subscribed within ${connectTimeoutMs} ms`)),
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
    if (!response.ok || !isStream || !response.body) throw new Error(`no event stream: ${response.status}`);
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
    // Lets go of a body that nobody reads.
    connection.abort();
  }
}
