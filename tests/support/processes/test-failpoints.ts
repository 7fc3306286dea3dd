import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { waitForDeferredWork } from "@/lib/core/defer";
import { type Failpoint, injectFault } from "@/lib/core/failpoint";
import { runs } from "@/tests/support/fuzz/runs";

/** Tests every failpoint with every fault. `RUNS=5` repeats each five times. */
const FAULTS = ["kill", "throw", "delay", "duplicate"] as const;
type Fault = (typeof FAULTS)[number];
const ROUNDS = runs(1);
/** Each run is a separate test, so that what one leaves running ends before the next. */
const RUNS = FAULTS.flatMap((fault) =>
  Array.from({ length: ROUNDS }, (_, round) => [fault, `${String(round + 1)} of ${String(ROUNDS)}`] as const),
);
const FAULT_DELAY_MS = 100;

/** The work that passes a failpoint, and the invariants after it. */
export interface FailpointScenario {
  /** Does the work, during which the fault occurs; may throw the fault's error. */
  act(): Promise<unknown>;
  /** Does the same work concurrently; the caller does not await it. */
  actConcurrently(): Promise<unknown>;
  /** Does the work in a process that dies at the failpoint. Resolves with the signal or exit code. */
  crashAt(failpoint: Failpoint): Promise<unknown>;
  /** Lets time pass until everything has finished. */
  settle(): Promise<void>;
  /** The violated invariants. */
  violations(): Promise<string[]>;
}

/**
 * Declares one test for each failpoint and fault.
 * @param scenarios  the work that passes each failpoint. A test fails if its failpoint is not passed
 */
export function testFailpoints<F extends Failpoint>(
  scenarios: Readonly<Record<F, () => Promise<FailpointScenario> | FailpointScenario>>,
): void {
  const names = Object.keys(scenarios) as F[];
  describe.each(names)("%s", (name) => {
    it.each(RUNS)("invariants hold after %s (%s)", async (fault) => {
      const scenario = await scenarios[name]();
      if (fault === "kill") expect(await scenario.crashAt(name)).toBe("SIGKILL");
      else await injectOnce(name, fault, scenario);
      await scenario.settle();
      expect(await scenario.violations()).toEqual([]);
    });
  });
}

class InjectedError extends Error {}

/** Injects the fault the first time that the failpoint is passed. */
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
    // Not awaited: it may wait for a lock that this work has.
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
