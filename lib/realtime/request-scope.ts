import { AsyncLocalStorage } from "node:async_hooks";
import { after } from "next/server";

/**
 * Runs what outlives the request that it was begun in. What a stream says of others (who came, who went) would wait for
 * the end of that stream otherwise, as all work that a request puts off waits for its answer.
 */
export const outsideRequest: <R>(work: () => R) => R = AsyncLocalStorage.snapshot();

/** The platform keeps the function alive until this is settled, also when the browser has hung up. */
export function keepAlive(work: Promise<unknown>): void {
  try {
    after(work);
  } catch {
    // No request, so nothing that could be ended.
  }
}
