import { after } from "next/server";
import { atExit } from "./at-exit";

const pendingWork = new Set<Promise<void>>();

/**
 * Runs best-effort work after the response was sent; the platform keeps the function alive for it. Outside a
 * request (scripts, tests, a shutdown) it starts immediately. A crash loses it. The work handles its own errors.
 */
export function defer(work: () => Promise<void>): void {
  const runTracked = () => {
    const promise = work().finally(() => pendingWork.delete(promise));
    pendingWork.add(promise);
    return promise;
  };
  try {
    after(runTracked);
  } catch {
    void runTracked();
  }
}

/** Resolves when no deferred work is running in this process. */
export async function waitForDeferredWork(): Promise<void> {
  while (pendingWork.size > 0) await Promise.allSettled(pendingWork);
}
atExit(waitForDeferredWork);
