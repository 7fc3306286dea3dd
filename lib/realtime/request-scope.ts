import { AsyncLocalStorage } from "node:async_hooks";
import { after } from "next/server";

/**
 * Runs work outside the scope of the current request. Inside it, work deferred by a stream (presence changes, for
 * example) would wait until the stream ends, because deferred work waits for the end of the response.
 */
export const outsideRequest: <R>(work: () => R) => R = AsyncLocalStorage.snapshot();

/** Keeps the function alive until the promise is settled, even after the browser has disconnected. */
export function keepAlive(work: Promise<unknown>): void {
  try {
    after(work);
  } catch {
    // Outside a request there is no function to keep alive.
  }
}
