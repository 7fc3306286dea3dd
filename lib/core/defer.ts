import { after } from "next/server";
import { atExit } from "./at-exit";

const running = new Set<Promise<void>>();

/**
 * Does best-effort work once the answer is out: the platform keeps the function alive for it. Outside a
 * request (scripts, tests, a shutdown) it starts at once. The work handles its own errors.
 */
export function defer(work: () => Promise<void>): void {
  const tracked = () => {
    const promise = work().finally(() => running.delete(promise));
    running.add(promise);
    return promise;
  };
  try {
    after(tracked);
  } catch {
    void tracked();
  }
}

/** Resolves when no deferred work is under way in this process. */
export async function deferredWork(): Promise<void> {
  while (running.size > 0) await Promise.allSettled(running);
}
atExit(deferredWork);
