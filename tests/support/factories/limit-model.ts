import fc from "fast-check";
import type { LimitBucket } from "@/lib/rate-limit/buckets";
import type { LimitDecision } from "@/lib/rate-limit/limiter";
import { REDIS_BEHAVIOURS, type RedisBehaviour, SimulatedLimiter } from "./simulated-limiter";

/** Any order of requests, time passing and Redis failing, against a plain list of accepted requests. */

export const WINDOW_SECONDS = 10;
export const WINDOW_MS = WINDOW_SECONDS * 1000;
export const PROCESSES = 3;

/** An accepted request, once for each of its buckets. */
export interface Passed {
  at: number;
  process: number;
  key: string;
  /** Decided without Redis. */
  alone: boolean;
}

export interface Decided {
  limited: LimitDecision;
  claims: LimitBucket[];
  /** What was accepted before this step, and with it. */
  before: Passed[];
  passed: Passed[];
  /** How many requests the step made. */
  together: number;
}

export type Step =
  | { do: "request"; by: number[]; route: string }
  | { do: "wait"; ms: number }
  | { do: "behave"; process: number; behaviour: RedisBehaviour }
  | { do: "release"; process: number };

export const anyProcess = fc.nat(PROCESSES - 1);

/** Several concurrent requests, from any processes. */
export const requestStep = (maxTogether = 5) =>
  fc.record({
    do: fc.constant("request" as const),
    by: fc.array(anyProcess, { minLength: 1, maxLength: maxTogether }),
    route: fc.constantFrom("a", "b"),
  });
export const waitStep = fc.record({
  do: fc.constant("wait" as const),
  ms: fc.oneof(fc.nat(1500), fc.nat(WINDOW_MS), fc.constantFrom(WINDOW_MS - 1, WINDOW_MS)),
});
export const behaveStep = fc.record({
  do: fc.constant("behave" as const),
  process: anyProcess,
  behaviour: fc.constantFrom(...REDIS_BEHAVIOURS),
});
export const releaseStep = fc.record({ do: fc.constant("release" as const), process: anyProcess });

/** The requests accepted under a key in the window that ends at this time. */
export const inWindow = (passed: readonly Passed[], key: string, end: number, length = WINDOW_MS) =>
  passed.filter((other) => other.key === key && other.at > end - length && other.at <= end);

/**
 * Plays the steps on new processes.
 * @param clock  advanced by the steps, and before them by more than any window
 */
export async function playSteps(
  steps: readonly Step[],
  { clock, claimsFor }: { clock: { nowMs: number }; claimsFor: (route: string) => LimitBucket[] },
  check: (decided: Decided) => void,
): Promise<Passed[]> {
  const processes = Array.from({ length: PROCESSES }, () => new SimulatedLimiter());
  const passed: Passed[] = [];
  clock.nowMs += 10 * WINDOW_MS;
  for (const step of steps) {
    if (step.do === "wait") clock.nowMs += step.ms;
    else if (step.do === "behave") {
      const limiter = processes[step.process];
      if (limiter) limiter.behaviour = step.behaviour;
    } else if (step.do === "release") await processes[step.process]?.release();
    else {
      const claims = claimsFor(step.route);
      const before = [...passed];
      const decisions = await Promise.all(
        step.by.map(async (index) => ({ index, limited: await processes[index]?.limiter.take(claims) })),
      );
      for (const { index, limited } of decisions) {
        if (!limited) continue;
        if (limited.allowed) {
          const alone = limited.degraded !== null;
          for (const { key } of claims) passed.push({ at: clock.nowMs, process: index, key, alone });
        }
        check({ limited, claims, before, passed, together: step.by.length });
      }
    }
  }
  return passed;
}
