import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { LimitBucket } from "@/lib/rate-limit/buckets";
import { personPolicy } from "@/lib/rate-limit/policies";
import { redis } from "@/lib/redis";
import { freezeClock } from "@/tests/support/clients/freeze-clock";
import {
  behaveStep,
  inWindow,
  PROCESSES,
  playSteps,
  releaseStep,
  requestStep,
  WINDOW_MS,
  WINDOW_SECONDS,
  waitStep,
} from "@/tests/support/factories/limit-model";
import { createTestBuckets, SimulatedLimiter } from "@/tests/support/factories/simulated-limiter";
import { runs } from "@/tests/support/fuzz/runs";

/** Leases: tokens that a process takes for the requests to come. */

const RUNS = runs(20);
const ROUTE = { limit: 20, leased: true } as const;
const PERSON = { limit: 30, leased: true } as const;
/** All that processes which never come back can keep from a caller: a tenth. */
const stranded = ({ policy }: LimitBucket) => policy.limit / 10;
/** The policies of an ordinary request of a signed-in user. */
const DEFAULT = { limit: 100, leased: true } as const;

const clock = freezeClock();
beforeEach(() => {
  clock.nowMs += 20 * WINDOW_MS;
});

const ordinaryBuckets = () => createTestBuckets(DEFAULT, DEFAULT, personPolicy.windowSeconds)("a");

describe("in any order of requests and waits of several processes", () => {
  it("no window exceeds the limit, and nine tenths of it pass", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 5, arbitrary: requestStep(8) }, waitStep), {
          maxLength: 60,
          size: "max",
        }),
        async (steps) => {
          const claimsFor = createTestBuckets(ROUTE, PERSON, WINDOW_SECONDS);
          await playSteps(steps, { clock, claimsFor }, ({ limited, claims, before, passed, together }) => {
            expect(limited.degraded).toBeNull();
            for (const { key, policy } of claims) {
              expect(inWindow(passed, key, clock.nowMs).length).toBeLessThanOrEqual(policy.limit);
            }
            for (const { remaining, resetAt, policy } of limited.statuses) {
              expect(remaining).toBeLessThanOrEqual(policy.limit);
              expect(resetAt).toBeLessThanOrEqual(clock.nowMs + WINDOW_MS);
            }
            // A token counts for the window and up to a second longer.
            const isNearLimit = claims.some(
              (claim) =>
                inWindow(before, claim.key, clock.nowMs, WINDOW_MS + 1000).length >=
                claim.policy.limit - stranded(claim),
            );
            if (together === 1 && !isNearLimit) expect(limited.allowed).toBe(true);
          });
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("with Redis failing neither Redis nor one process exceeds the limit", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 6, arbitrary: requestStep(8) }, waitStep, behaveStep, releaseStep), {
          maxLength: 60,
          size: "max",
        }),
        async (steps) => {
          const claimsFor = createTestBuckets(ROUTE, PERSON, WINDOW_SECONDS);
          const passed = await playSteps(steps, { clock, claimsFor }, () => {});
          for (const { at, key } of passed) {
            const limit = key.endsWith("*") ? PERSON.limit : ROUTE.limit;
            const window = inWindow(passed, key, at);
            expect(window.filter(({ alone }) => !alone).length).toBeLessThanOrEqual(limit);
            for (let index = 0; index < PROCESSES; index += 1) {
              expect(window.filter((one) => one.process === index).length).toBeLessThanOrEqual(limit);
            }
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe("a caller", () => {
  const limiters = (count: number) => Array.from({ length: count }, () => new SimulatedLimiter());

  it("of one process needs a call for fewer than two of five requests", async () => {
    const here = new SimulatedLimiter();
    const buckets = ordinaryBuckets();
    for (let n = 1; n <= 50; n += 1) {
      const { allowed, statuses } = await here.limiter.take(buckets);
      expect(allowed).toBe(true);
      expect(statuses.map(({ remaining }) => remaining)).toEqual([100 - n, 100 - n]);
    }
    expect(here.calls).toBeLessThanOrEqual(12);
    for (let n = 51; n <= 100; n += 1) expect((await here.limiter.take(buckets)).allowed).toBe(true);
    const { calls } = here;
    expect(await here.limiter.take(buckets)).toMatchObject({ allowed: false, degraded: null });
    expect(here.calls).toBe(calls);
  });

  it("of thirty processes, three requests in each, is not refused", async () => {
    const buckets = ordinaryBuckets();
    for (const { limiter } of limiters(30)) {
      for (let n = 0; n < 3; n += 1) expect((await limiter.take(buckets)).allowed).toBe(true);
    }
  });

  it("of processes that stop anywhere has nine tenths of the limit", async () => {
    for (const perProcess of [1, 2, 4, 7, 12, 20, 45]) {
      const buckets = ordinaryBuckets();
      let passed = 0;
      for (let refused = false; !refused; ) {
        const { limiter } = new SimulatedLimiter();
        for (let n = 0; n < perProcess && !refused; n += 1) {
          if ((await limiter.take(buckets)).allowed) passed += 1;
          else refused = true;
        }
      }
      expect([perProcess, passed >= 90, passed <= 100]).toEqual([perProcess, true, true]);
    }
  });

  it("of a process that loses Redis for a while has nine tenths of the limit", async () => {
    const here = new SimulatedLimiter();
    const buckets = ordinaryBuckets();
    let passed = 0;
    for (const behaviour of ["up", "hung", "down", "up", "down", "up"] as const) {
      here.behaviour = behaviour;
      for (let n = 0; n < 12; n += 1) if ((await here.limiter.take(buckets)).allowed) passed += 1;
      await here.release();
    }
    for (let refused = false; !refused; ) {
      refused = !(await here.limiter.take(buckets)).allowed;
      if (!refused) passed += 1;
    }
    expect([passed >= 90, passed <= 100, passed]).toEqual([true, true, passed]);
  });

  it("of eight processes at full rate has the whole limit, for fewer calls than requests", async () => {
    const buckets = ordinaryBuckets();
    const processes = limiters(8);
    const passed: boolean[] = [];
    // Twice as many as may pass; concurrent ones, from all processes at once.
    for (let n = 0; n < 25; n += 1) {
      const decisions = await Promise.all(processes.map(({ limiter }) => limiter.take(buckets)));
      passed.push(...decisions.map(({ allowed }) => allowed));
      clock.nowMs += 10;
    }
    expect(passed.filter(Boolean)).toHaveLength(100);
    const calls = processes.reduce((sum, limiter) => sum + limiter.calls, 0);
    expect(calls).toBeLessThanOrEqual(65);
  });
});

describe("a lease", () => {
  const logOf = (buckets: readonly LimitBucket[]) => redis().get(buckets[0]?.key ?? "");
  /** Two requests, and a third that takes a token for a fourth. */
  const leasing = async () => {
    const here = new SimulatedLimiter();
    const buckets = createTestBuckets(ROUTE, PERSON, WINDOW_SECONDS)("a");
    for (let n = 0; n < 3; n += 1) await here.limiter.take(buckets);
    return { here, buckets, startedAt: clock.nowMs };
  };

  it("is reserved until its end, and the next call reports what was used when", async () => {
    const { here, buckets, startedAt } = await leasing();
    expect(await logOf(buckets)).toBe(`${startedAt}x3 ${startedAt + 7_500}r1 `);
    expect(await redis().pttl(buckets[0]?.key ?? "")).toBeGreaterThan(WINDOW_MS);
    clock.nowMs += 2_000;
    await here.limiter.take(buckets);
    expect(here.calls).toBe(3);
    clock.nowMs += 1_000;
    await here.limiter.take(buckets);
    expect(here.calls).toBe(4);
    // Three tokens let expect three requests, of which two may be reserved.
    expect(await logOf(buckets)).toBe(
      `${startedAt}x3 ${startedAt + 2_000}x1 ${startedAt + 3_000}x1 ${startedAt + 10_500}r2 `,
    );
  });

  it("that was not used is given back", async () => {
    const { here, buckets, startedAt } = await leasing();
    clock.nowMs += 7_500;
    await here.limiter.take(buckets);
    expect(await logOf(buckets)).toBe(`${startedAt}x3 ${clock.nowMs}x1 ${clock.nowMs + 7_500}r2 `);
  });

  it("of a bucket that a refused request has too is given back", async () => {
    const { here, buckets } = await leasing();
    const [route, person] = buckets;
    if (!route || !person) throw new Error("two buckets");
    const other = { ...route, key: `${route.key}:other` };
    const there = new SimulatedLimiter();
    for (let n = 0; n < 20; n += 1) await there.limiter.take([other]);
    expect((await here.limiter.take([other, person])).allowed).toBe(false);
    expect(await redis().get(person.key)).toBe(`${clock.nowMs}x3 `);
  });

  it("is never taken for a request with a bucket that is not leased", async () => {
    const here = new SimulatedLimiter();
    const buckets = createTestBuckets({ limit: 20, exact: true }, PERSON, WINDOW_SECONDS)("a");
    for (let n = 0; n < 15; n += 1) await here.limiter.take(buckets);
    expect(here.calls).toBe(15);
    expect(await logOf(buckets)).toBe(`${clock.nowMs}x15 `);
  });

  it("ends with a call whose outcome is not known; its tokens stay reserved", async () => {
    const { here, buckets, startedAt } = await leasing();
    await here.limiter.take(buckets);
    here.behaviour = "lost";
    expect(await here.limiter.take(buckets)).toMatchObject({ allowed: true, degraded: "process" });
    await here.release();
    here.behaviour = "up";
    await here.limiter.take(buckets);
    // Counted twice: what the lost call reported, and what it took. No process knows its lease of two.
    expect(await logOf(buckets)).toBe(`${startedAt}x8 ${startedAt + 7_500}r2 `);
  });

  it("that a late reply grants is used", async () => {
    const { here, buckets } = await leasing();
    await here.limiter.take(buckets);
    here.behaviour = "late";
    expect(await here.limiter.take(buckets)).toMatchObject({ degraded: "process" });
    await here.release();
    here.behaviour = "down";
    for (let n = 0; n < 2; n += 1) expect((await here.limiter.take(buckets)).degraded).toBeNull();
    expect(await here.limiter.take(buckets)).toMatchObject({ degraded: "process" });
  });
});
