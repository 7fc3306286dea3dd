import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { setClock } from "@/lib/core/clock";
import type { LimitBucket } from "@/lib/rate-limit/buckets";
import type { LimitDecision } from "@/lib/rate-limit/limiter";
import { waitUntil } from "@/tests/support/clients/wait-until";
import {
  createTestBuckets,
  REDIS_BEHAVIOURS,
  type RedisBehaviour,
  SimulatedLimiter,
} from "@/tests/support/factories/simulated-limiter";
import { runs } from "@/tests/support/fuzz/runs";

/** Any order of requests, time passing and Redis failing, against a plain list of accepted requests. */

const WINDOW_SECONDS = 10;
const WINDOW_MS = WINDOW_SECONDS * 1000;
const ROUTE = { limit: 4 };
const PERSON = { limit: 6 };
const PROCESSES = 3;
const RUNS = runs(60);

let time = 1_700_000_000_000;
let restore = () => {};
beforeAll(() => {
  restore = setClock({ now: () => time });
});
afterAll(() => restore());
beforeEach(() => {
  time += 10 * WINDOW_MS;
});

interface Passed {
  at: number;
  process: number;
  key: string;
  alone: boolean;
}

const anyProcess = fc.nat(PROCESSES - 1);
const request = fc.record({
  do: fc.constant("request" as const),
  // Several concurrent requests, from any processes.
  by: fc.array(anyProcess, { minLength: 1, maxLength: 5 }),
  route: fc.constantFrom("a", "b"),
});
const wait = fc.record({
  do: fc.constant("wait" as const),
  ms: fc.oneof(fc.nat(1500), fc.nat(WINDOW_MS), fc.constantFrom(WINDOW_MS - 1, WINDOW_MS)),
});
const behave = fc.record({
  do: fc.constant("behave" as const),
  process: anyProcess,
  behaviour: fc.constantFrom(...REDIS_BEHAVIOURS),
});
const release = fc.record({ do: fc.constant("release" as const), process: anyProcess });
type Step =
  | { do: "request"; by: number[]; route: string }
  | { do: "wait"; ms: number }
  | { do: "behave"; process: number; behaviour: RedisBehaviour }
  | { do: "release"; process: number };

/** The requests accepted under a key in the window that ends at this time. */
const inWindow = (passed: Passed[], key: string, end: number, length = WINDOW_MS) =>
  passed.filter((other) => other.key === key && other.at > end - length && other.at <= end);

async function play(steps: readonly Step[], check: (decision: Check) => void): Promise<Passed[]> {
  const processes = Array.from({ length: PROCESSES }, () => new SimulatedLimiter());
  const claimsFor = createTestBuckets(ROUTE, PERSON, WINDOW_SECONDS);
  const passed: Passed[] = [];
  time += 10 * WINDOW_MS;
  for (const step of steps) {
    if (step.do === "wait") time += step.ms;
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
          for (const { key } of claims) passed.push({ at: time, process: index, key, alone });
        }
        check({ limited, claims, before, passed, together: step.by.length });
      }
    }
  }
  return passed;
}

interface Check {
  limited: LimitDecision;
  claims: LimitBucket[];
  before: Passed[];
  passed: Passed[];
  together: number;
}

it("with any Redis failures neither Redis nor one process exceeds the limit", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 4, arbitrary: request }, wait, behave, release), { maxLength: 40 }),
      async (steps) => {
        const passed = await play(steps, ({ limited }) => {
          for (const { resetAt } of limited.statuses) {
            expect(resetAt).toBeLessThanOrEqual(time + WINDOW_MS);
          }
        });
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

it("with Redis up exactly the limit is accepted in any window, and again as soon as it allows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 3, arbitrary: request }, wait), { maxLength: 40 }),
      async (steps) => {
        await play(steps, ({ limited, claims, before, passed, together }) => {
          expect(limited.degraded).toBeNull();
          for (const { key, policy } of claims) {
            expect(inWindow(passed, key, time).length).toBeLessThanOrEqual(policy.limit);
          }
          // A token counts for the window and up to a second longer.
          const spent = (length: number) =>
            claims.some(({ key, policy }) => inWindow(before, key, time, length).length >= policy.limit);
          if (spent(WINDOW_MS)) expect(limited.allowed).toBe(false);
          if (together === 1 && !spent(WINDOW_MS + 1000)) expect(limited.allowed).toBe(true);
          if (!limited.allowed) {
            for (const { remaining, resetAt } of limited.statuses) {
              if (remaining === 0) expect(resetAt - time).toBeGreaterThan(0);
            }
          }
        });
      },
    ),
    { numRuns: RUNS },
  );
});

it("a request at the reset time is accepted, and a millisecond earlier rejected", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(anyProcess, fc.nat(2_000)), { minLength: 1 }), async (requests) => {
      time += 10 * WINDOW_MS;
      const processes = Array.from({ length: PROCESSES }, () => new SimulatedLimiter().limiter);
      const claims = createTestBuckets(ROUTE, PERSON, WINDOW_SECONDS)("a");
      for (const [index, ms] of requests) {
        time += ms;
        const response = await processes[index]?.take(claims);
        if (!response || response.allowed) continue;
        const back = Math.max(
          ...response.statuses.filter(({ remaining }) => remaining === 0).map(({ resetAt }) => resetAt),
        );
        time = back - 1;
        expect((await processes[index]?.take(claims))?.allowed).toBe(false);
        time = back;
        expect((await processes[index]?.take(claims))?.allowed).toBe(true);
      }
    }),
    { numRuns: RUNS },
  );
});

it("requests accepted without Redis count for all processes when it is back", async () => {
  const [here, there] = [new SimulatedLimiter(), new SimulatedLimiter()];
  const claims = createTestBuckets({ limit: 10 }, { limit: 10 }, WINDOW_SECONDS)("a");
  here.behaviour = "down";
  for (let i = 0; i < 8; i += 1) {
    expect(await here.limiter.take(claims)).toMatchObject({ allowed: true, degraded: "process" });
  }
  here.behaviour = "up";
  expect(await here.limiter.take(claims)).toMatchObject({ allowed: true, degraded: null });
  expect((await there.limiter.take(claims)).statuses[0]?.remaining).toBe(0);
  expect((await there.limiter.take(claims)).allowed).toBe(false);
  time += WINDOW_MS + 1000;
  expect((await there.limiter.take(claims)).allowed).toBe(true);
});

it("requests replayed to Redis are stored and count from their own time, also when Redis rejects", async () => {
  const { redis } = await import("@/lib/redis");
  const [here, there, third] = [new SimulatedLimiter(), new SimulatedLimiter(), new SimulatedLimiter()];
  const claims = createTestBuckets({ limit: 3 }, { limit: 100 }, WINDOW_SECONDS)("a");
  const startedAt = time;
  here.behaviour = "down";
  for (let i = 0; i < 2; i += 1) await here.limiter.take(claims);
  third.behaviour = "down";
  time = startedAt + 2_000;
  for (let i = 0; i < 2; i += 1) await third.limiter.take(claims);
  time = startedAt + 3_000;
  await there.limiter.take(claims);
  for (const late of [here, third]) late.behaviour = "up";
  // 2 and 1 of 3: the oldest one frees its token first.
  expect((await here.limiter.take(claims)).statuses[0]).toMatchObject({
    remaining: 0,
    resetAt: startedAt + WINDOW_MS,
  });
  // 2, 2 and 1 of 3: three must expire before one is free.
  expect((await third.limiter.take(claims)).statuses[0]).toMatchObject({
    remaining: 0,
    resetAt: startedAt + 2_000 + WINDOW_MS,
  });
  expect(await redis().get(claims[0]?.key ?? "")).toBe(
    `${startedAt}x2 ${startedAt + 2_000}x2 ${startedAt + 3_000}x1 `,
  );
  time = startedAt + WINDOW_MS;
  expect((await new SimulatedLimiter().limiter.take(claims)).allowed).toBe(false);
});

it("a replay whose response was lost is pending again", async () => {
  const here = new SimulatedLimiter();
  const claims = createTestBuckets({ limit: 5 }, { limit: 100 }, WINDOW_SECONDS)("a");
  here.behaviour = "down";
  for (let i = 0; i < 2; i += 1) await here.limiter.take(claims);
  here.behaviour = "hung";
  await here.limiter.take(claims);
  await here.release();
  here.behaviour = "up";
  await here.limiter.take(claims);
  const { statuses } = await new SimulatedLimiter().limiter.take(claims);
  expect(statuses[0]?.remaining).toBe(0);
});

it("all requests of one second are one entry", async () => {
  const { redis } = await import("@/lib/redis");
  const claims = createTestBuckets({ limit: 100 }, { limit: 100 }, WINDOW_SECONDS)("a");
  for (let i = 0; i < 20; i += 1) await new SimulatedLimiter().limiter.take(claims);
  expect(await redis().get(claims[0]?.key ?? "")).toBe(`${time}x20 `);
});

it("a late response still counts: its token once, its rejection until the reset", async () => {
  const [here, there] = [new SimulatedLimiter(), new SimulatedLimiter()];
  const claims = createTestBuckets({ limit: 3 }, { limit: 10 }, WINDOW_SECONDS)("a");
  await there.limiter.take(claims);
  here.behaviour = "late";
  expect(await here.limiter.take(claims)).toMatchObject({ allowed: true, degraded: "process" });
  await here.release();
  here.behaviour = "up";
  // Redis has counted it, so it is not replayed: 1 from there, 1 late, and this is the third.
  expect(await here.limiter.take(claims)).toMatchObject({ allowed: true, degraded: null });
  const third = new SimulatedLimiter();
  third.behaviour = "late";
  // Redis has no token left, but this process cannot know that.
  expect(await third.limiter.take(claims)).toMatchObject({ allowed: true, degraded: "process" });
  await third.release();
  third.behaviour = "down";
  expect((await third.limiter.take(claims)).allowed).toBe(false);
  time += WINDOW_MS;
  expect((await third.limiter.take(claims)).allowed).toBe(true);
});

it("after a decision without Redis an earlier request in flight is rejected by Redis' response", async () => {
  const here = new SimulatedLimiter();
  const claims = createTestBuckets({ limit: 1 }, { limit: 10 }, WINDOW_SECONDS)("a");
  here.behaviour = "held";
  const overtaken = here.limiter.take(claims);
  await waitUntil("Redis has counted the token", () => here.heldCount === 1);
  here.behaviour = "down";
  expect(await here.limiter.take(claims)).toMatchObject({ allowed: true, degraded: "process" });
  await here.release();
  expect((await overtaken).allowed).toBe(false);
});

it("an invalid value, or one of a wrong clock, counts as an empty log", async () => {
  const { redis } = await import("@/lib/redis");
  for (const value of ["garbage", "99999999999999x100 ", "x", ""]) {
    const claims = createTestBuckets({ limit: 3 }, { limit: 10 }, WINDOW_SECONDS)("a");
    await redis().set(claims[0]?.key ?? "", value);
    expect(await new SimulatedLimiter().limiter.take(claims)).toMatchObject({
      allowed: true,
      degraded: null,
      statuses: [{ remaining: 2 }, { remaining: 9 }],
    });
  }
});

it("a clock set back blocks no user for longer than a window", async () => {
  const here = new SimulatedLimiter();
  const claims = createTestBuckets({ limit: 3 }, { limit: 10 }, WINDOW_SECONDS)("a");
  for (let i = 0; i < 4; i += 1) await here.limiter.take(claims);
  expect((await here.limiter.take(claims)).allowed).toBe(false);
  time -= 3_600_000;
  for (const behaviour of ["down", "up"] as const) {
    here.behaviour = behaviour;
    const response = await here.limiter.take(claims);
    expect(response.allowed).toBe(true);
    for (const { resetAt } of response.statuses) expect(resetAt).toBeLessThanOrEqual(time + WINDOW_MS);
  }
  time += 3_600_000;
});

it("when a process tracks too many callers it drops the least recent one only", async () => {
  const here = new SimulatedLimiter();
  here.behaviour = "down";
  const claimsFor = createTestBuckets({ limit: 1 }, { limit: 1_000_000 }, WINDOW_SECONDS);
  const take = async (name: string) => (await here.limiter.take(claimsFor(name).slice(0, 1))).allowed;
  expect(await take("first")).toBe(true);
  for (let n = 1; n < 10_000; n += 1) await take(String(n));
  expect(await take("first")).toBe(false);
  for (let n = 0; n < 10_000; n += 1) await take(`more ${n}`);
  expect(await take("first")).toBe(true);
  expect(await take("more 9999")).toBe(false);
});
