import { after } from "next/server";
import { atExit } from "./at-exit";

const pendingWork = new Set<Promise<void>>();

/**
 * Does best-effort work once the answer is out: the platform keeps the function alive for it. Outside a
 * request (scripts, tests, a shutdown) it starts at once. The work handles its own errors.
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

/** Resolves when no deferred work is under way in this process. */
export async function waitForDeferredWork(): Promise<void> {
  while (pendingWork.size > 0) await Promise.allSettled(pendingWork);
}
atExit(waitForDeferredWork);
