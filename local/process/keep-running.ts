import { setTimeout as sleep } from "node:timers/promises";
import { firstLine } from "./first-line";
import type { ExitStatus, GuardedProcess } from "./spawn-guarded";

export interface KeepRunningOptions {
  /** Names the process in progress lines. */
  readonly name: string;
  /**
   * Starts the process and resolves once it serves. Rejects, with no process left, when it does not start or
   * `signal` is aborted meanwhile.
   */
  readonly start: (signal: AbortSignal) => Promise<GuardedProcess>;
  /** Receives a line per exit, per restart, and when restarting is given up. Must not throw. */
  readonly onProgress: (message: string) => void;
}

/** Delays before the restarts; after the last one the process stays down. */
const RESTART_DELAYS_MS = [100, 300, 1_000, 3_000];
/** A process that ran this long before it ended is in no crash loop: its restart count is reset. */
const STABLE_UPTIME_MS = 60_000;

/**
 * Starts a process and restarts it, with growing delays and a bounded number of times, when it ends without `stop`.
 *
 * @returns once it serves; `stop` ends it permanently and is safe to call twice
 * @throws what the first `start` throws: only a process that has served is restarted
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

  /** @returns null when all restarts failed, or `stop` was called meanwhile */
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
