import { setTimeout as delay } from "node:timers/promises";
import { startChild, waitForMessage } from "./children";

/** Where a syncing process is killed: at a failpoint, or at a random moment from outside. */
export const KILL_POINTS = [
  "views.sync.claiming",
  "views.sync.claimed",
  "views.sync.persisted",
  "views.sync.finished",
  "anywhere",
] as const;
type KillPoint = (typeof KILL_POINTS)[number];

/** Longest lifetime of a process that is killed from outside, once it is ready. */
const MAX_LIFETIME_MS = 60;

export interface CrashingWorkers {
  readonly kills: ReadonlyMap<KillPoint, number>;
  readonly total: number;
  /** Kills all and resolves when they have exited. Rejects when one ended in another way than by SIGKILL. */
  stop(): Promise<void>;
}

/** Keeps this many processes syncing concurrently; each is killed and replaced. */
export function startCrashingWorkers(size: number, leaseMs: number, random: () => number): CrashingWorkers {
  const kills = new Map<KillPoint, number>(KILL_POINTS.map((killPoint) => [killPoint, 0]));
  const stops = new Set<() => void>();
  let nextIndex = 0;
  let stopping = false;

  async function work(): Promise<void> {
    while (!stopping) {
      const step = KILL_POINTS[nextIndex++ % KILL_POINTS.length] ?? "anywhere";
      const child = startChild(
        "sync-process.ts",
        [String(leaseMs)],
        step === "anywhere" ? {} : { FAILPOINT: step },
      );
      const stop = () => child.process.kill("SIGKILL");
      stops.add(stop);
      if (step === "anywhere") {
        // After stop() it ends without becoming ready.
        await waitForMessage(child).catch(() => {});
        await delay(random() * MAX_LIFETIME_MS);
        stop();
      }
      const outcome = await child.ended;
      stops.delete(stop);
      if (outcome !== "SIGKILL") throw new Error(`a sync process ended without being killed: ${outcome}`);
      if (!stopping) kills.set(step, (kills.get(step) ?? 0) + 1);
    }
  }

  const workers = Promise.all(Array.from({ length: size }, work));
  // Reported by stop(); until then a rejection is not unhandled.
  workers.catch(() => {});
  return {
    kills,
    get total() {
      return [...kills.values()].reduce((sum, count) => sum + count, 0);
    },
    stop: async () => {
      stopping = true;
      for (const stop of stops) stop();
      await workers;
    },
  };
}
