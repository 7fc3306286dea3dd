import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { waitForDeferredWork } from "@/lib/core/defer";
import { type Failpoint, injectFault } from "@/lib/core/failpoint";
import { runs } from "@/tests/support/fuzz/runs";

/** Every failpoint × everything that can go wrong there. `RUNS=5` does each five times. */
const FAULTS = ["kill", "throw", "delay", "duplicate"] as const;
type Fault = (typeof FAULTS)[number];
const ROUNDS = runs(1);
/** Each is a test of its own: what one leaves running ends before the next. */
const RUNS = FAULTS.flatMap((fault) =>
  Array.from({ length: ROUNDS }, (_, round) => [fault, `${String(round + 1)} of ${String(ROUNDS)}`] as const),
);
const FAULT_DELAY_MS = 100;

/** What goes on while a failpoint is passed, and what must hold in the end. */
export interface FailpointScenario {
  /** Does it, with the fault somewhere on its way; may throw what the fault throws. */
  act(): Promise<unknown>;
  /** The same thing at the same time: not awaited where it is called from. */
  actConcurrently(): Promise<unknown>;
  /** In a process that dies of it. Resolves with how it ended. */
  crashAt(failpoint: Failpoint): Promise<unknown>;
  /** Time goes by. */
  settle(): Promise<void>;
  /** What is wrong then. */
  violations(): Promise<string[]>;
}

/**
 * One test for each failpoint and fault.
 * @param scenarios  what passes each of them. One that is not passed fails its test
 */
export function testFailpoints<F extends Failpoint>(
  scenarios: Readonly<Record<F, () => Promise<FailpointScenario> | FailpointScenario>>,
): void {
  const names = Object.keys(scenarios) as F[];
  describe.each(names)("%s", (name) => {
    it.each(RUNS)("%s there, and all ends as it should (%s)", async (fault) => {
      const scenario = await scenarios[name]();
      if (fault === "kill") expect(await scenario.crashAt(name)).toBe("SIGKILL");
      else await injectOnce(name, fault, scenario);
      await scenario.settle();
      expect(await scenario.violations()).toEqual([]);
    });
  });
}

class InjectedError extends Error {}

/** The fault happens once, the first time anybody comes by. */
async function injectOnce(
  name: Failpoint,
  fault: Exclude<Fault, "kill">,
  scenario: FailpointScenario,
): Promise<void> {
  let hits = 0;
  const duplicates: Promise<unknown>[] = [];
  const stopInjecting = injectFault(async (failpoint) => {
    if (failpoint !== name) return;
    hits += 1;
    if (hits > 1) return;
    if (fault === "throw") throw new InjectedError(name);
    // Not awaited: it may wait for what this one holds.
    if (fault === "duplicate") duplicates.push(scenario.actConcurrently().catch(() => {}));
    await delay(FAULT_DELAY_MS);
  });
  try {
    await scenario.act().catch((error: unknown) => {
      if (!(error instanceof InjectedError)) throw error;
    });
    await waitForDeferredWork();
    await Promise.all(duplicates);
    if (hits === 0) await scenario.settle();
  } finally {
    stopInjecting();
  }
  expect(hits, `${name} was passed`).toBeGreaterThan(0);
}
