import { setTimeout as delay } from "node:timers/promises";
import { nextMessage, startChild } from "./children";

/** Where a syncing process is killed: at a failpoint, or from outside at any moment. */
export const STEPS = [
  "views.sync.claimed",
  "views.sync.persisted",
  "views.sync.finished",
  "anywhere",
] as const;
type Step = (typeof STEPS)[number];

/** Longest life of a process that is killed from outside, once it is ready. */
const LONGEST_LIFE_MS = 60;

export interface KillGang {
  readonly kills: ReadonlyMap<Step, number>;
  readonly total: number;
  /** Ends all of them and resolves when they are gone. Rejects when one ended other than by being killed. */
  stop(): Promise<void>;
}

/** Keeps this many processes syncing over each other, each killed sooner or later and replaced by another. */
export function startKillGang(size: number, leaseMs: number, random: () => number): KillGang {
  const kills = new Map<Step, number>(STEPS.map((step) => [step, 0]));
  const stops = new Set<() => void>();
  let turn = 0;
  let stopping = false;

  async function work(): Promise<void> {
    while (!stopping) {
      const step = STEPS[turn++ % STEPS.length] ?? "anywhere";
      const child = startChild(
        "sync-process.ts",
        [String(leaseMs)],
        step === "anywhere" ? {} : { FAILPOINT: step },
      );
      const stop = () => child.process.kill("SIGKILL");
      stops.add(stop);
      if (step === "anywhere") {
        // Told to stop meanwhile, it ends without being ready.
        await nextMessage(child).catch(() => {});
        await delay(random() * LONGEST_LIFE_MS);
        stop();
      }
      const how = await child.ended;
      stops.delete(stop);
      if (how !== "SIGKILL") throw new Error(`a sync ended by itself: ${how}`);
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
