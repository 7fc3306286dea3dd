import { setTimeout as sleep } from "node:timers/promises";
import { firstLine } from "./first-line";
import type { ExitStatus, GuardedProcess } from "./spawn-guarded";

export interface KeepRunningOptions {
  /** What the printed lines call it. */
  readonly name: string;
  /**
   * Starts it and resolves once it serves. Rejects with the reason, leaving nothing behind, when it does not come
   * up or `signal` is aborted meanwhile.
   */
  readonly start: (signal: AbortSignal) => Promise<GuardedProcess>;
  /** One line for each death, for each return, and for giving up. Must not throw. */
  readonly onProgress: (message: string) => void;
}

/** Waits before the restarts; after the last of them it is given up. */
const RESTART_DELAYS_MS = [100, 300, 1_000, 3_000];
/** A process that served that long before it died gets all restarts anew: that was no crash loop. */
const STABLE_UPTIME_MS = 60_000;

/**
 * Starts a process and starts it again whenever it ends without being stopped here, with growing waits and a
 * bounded number of times.
 *
 * @returns once it serves; `stop` ends it for good and is safe to call twice
 * @throws what the first `start` throws: only what served once is restarted
 */
export async function keepRunning(options: KeepRunningOptions): Promise<{ stop(): Promise<void> }> {
  const { name, start, onProgress } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let running = await start(signal);
  let restarts = 0;
  const supervision = supervise();
  return {
    stop: async () => {
      stopping.abort();
      await running.stop();
      await supervision;
    },
  };

  async function supervise(): Promise<void> {
    for (;;) {
      const startedAt = performance.now();
      const status = await running.exited;
      if (signal.aborted) return;
      onProgress(`${name} (process ${running.pid}) ${describeExit(status)}; restarting it`);
      if (performance.now() - startedAt >= STABLE_UPTIME_MS) restarts = 0;
      const restarted = await restart();
      if (restarted === null) return;
      running = restarted;
      onProgress(`${name} is back (process ${running.pid})`);
    }
  }

  /** @returns null when it was given up, or stopped meanwhile */
  async function restart(): Promise<GuardedProcess | null> {
    let reason = "it ended again each time";
    while (restarts < RESTART_DELAYS_MS.length) {
      try {
        await sleep(RESTART_DELAYS_MS[restarts++], undefined, { signal });
        const started = await start(signal);
        if (!signal.aborted) return started;
        await started.stop();
      } catch (error) {
        reason = firstLine(error);
      }
      if (signal.aborted) return null;
    }
    onProgress(`${name} could not be restarted (${reason}) and stays down until the next start`);
    return null;
  }
}

function describeExit({ code, signal }: ExitStatus): string {
  return signal === null ? `ended with code ${code}` : `was killed by ${signal}`;
}
