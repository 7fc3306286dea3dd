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

/** Any order of requests, time passing and Redis failing, against a plain list of who was let through when. */

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
const ask = fc.record({
  do: fc.constant("ask" as const),
  // Several at once, from any processes.
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
  | { do: "ask"; by: number[]; route: string }
  | { do: "wait"; ms: number }
  | { do: "behave"; process: number; behaviour: RedisBehaviour }
  | { do: "release"; process: number };

/** What passed under a key in the window that ends at a moment. */
const within = (passed: Passed[], key: string, end: number, length = WINDOW_MS) =>
  passed.filter((one) => one.key === key && one.at > end - length && one.at <= end);

async function play(steps: readonly Step[], check: (asked: Asked) => void): Promise<Passed[]> {
  const processes = Array.from({ length: PROCESSES }, () => new SimulatedLimiter());
  const claimsFor = createTestBuckets(ROUTE, PERSON, WINDOW_SECONDS);
  const passed: Passed[] = [];
  time += 10 * WINDOW_MS;
  for (const step of steps) {
    if (step.do === "wait") time += step.ms;
    else if (step.do === "behave") {
      const one = processes[step.process];
      if (one) one.behaviour = step.behaviour;
    } else if (step.do === "release") await processes[step.process]?.release();
    else {
      const claims = claimsFor(step.route);
      const before = [...passed];
      const answers = await Promise.all(
        step.by.map(async (index) => ({ index, limited: await processes[index]?.limiter.take(claims) })),
      );
      for (const { index, limited } of answers) {
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

interface Asked {
  limited: LimitDecision;
  claims: LimitBucket[];
  before: Passed[];
  passed: Passed[];
  together: number;
}

it("Redis fails as it likes: never over the limit by its word, nor over it in any one process", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 4, arbitrary: ask }, wait, behave, release), { maxLength: 40 }),
      async (steps) => {
        const passed = await play(steps, ({ limited }) => {
          for (const { resetAt } of limited.statuses) {
            expect(resetAt).toBeLessThanOrEqual(time + WINDOW_MS);
          }
        });
        for (const { at, key } of passed) {
          const limit = key.endsWith("*") ? PERSON.limit : ROUTE.limit;
          const window = within(passed, key, at);
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

it("Redis answers: as many as the limit in any window and not one more, and back in time", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 3, arbitrary: ask }, wait), { maxLength: 40 }),
      async (steps) => {
        await play(steps, ({ limited, claims, before, passed, together }) => {
          expect(limited.degraded).toBeNull();
          for (const { key, policy } of claims) {
            expect(within(passed, key, time).length).toBeLessThanOrEqual(policy.limit);
          }
          // A token counts for the window and up to a second longer.
          const spent = (length: number) =>
            claims.some(({ key, policy }) => within(before, key, time, length).length >= policy.limit);
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

it("whoever comes back when they were told to is let in, and not a millisecond before", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(anyProcess, fc.nat(2_000)), { minLength: 1 }), async (asks) => {
      time += 10 * WINDOW_MS;
      const processes = Array.from({ length: PROCESSES }, () => new SimulatedLimiter().limiter);
      const claims = createTestBuckets(ROUTE, PERSON, WINDOW_SECONDS)("a");
      for (const [index, ms] of asks) {
        time += ms;
        const answer = await processes[index]?.take(claims);
        if (!answer || answer.allowed) continue;
        const back = Math.max(
          ...answer.statuses.filter(({ remaining }) => remaining === 0).map(({ resetAt }) => resetAt),
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

it("what was let through without Redis counts when it is back, for all processes", async () => {
  const [here, there] = [new SimulatedLimiter(), new SimulatedLimiter()];
  const claims = createTestBuckets({ limit: 10 }, { limit: 10 }, WINDOW_SECONDS)("a");
  here.behaviour = "away";
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

it("what Redis is told of is kept and counts from when it was, also when it refuses", async () => {
  const { redis } = await import("@/lib/redis");
  const [here, there, third] = [new SimulatedLimiter(), new SimulatedLimiter(), new SimulatedLimiter()];
  const claims = createTestBuckets({ limit: 3 }, { limit: 100 }, WINDOW_SECONDS)("a");
  const startedAt = time;
  here.behaviour = "away";
  for (let i = 0; i < 2; i += 1) await here.limiter.take(claims);
  third.behaviour = "away";
  time = startedAt + 2_000;
  for (let i = 0; i < 2; i += 1) await third.limiter.take(claims);
  time = startedAt + 3_000;
  await there.limiter.take(claims);
  for (const late of [here, third]) late.behaviour = "up";
  // 2 and 1: it is the oldest that comes back first.
  expect((await here.limiter.take(claims)).statuses[0]).toMatchObject({
    remaining: 0,
    resetAt: startedAt + WINDOW_MS,
  });
  // 2, 2 and 1 of 3: three must come back before there is one.
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

it("what Redis was being told of when its answer was lost is owed again", async () => {
  const here = new SimulatedLimiter();
  const claims = createTestBuckets({ limit: 5 }, { limit: 100 }, WINDOW_SECONDS)("a");
  here.behaviour = "away";
  for (let i = 0; i < 2; i += 1) await here.limiter.take(claims);
  here.behaviour = "deaf";
  await here.limiter.take(claims);
  await here.release();
  here.behaviour = "up";
  await here.limiter.take(claims);
  const { statuses } = await new SimulatedLimiter().limiter.take(claims);
  expect(statuses[0]?.remaining).toBe(0);
});

it("a second is one entry, however many asked in it", async () => {
  const { redis } = await import("@/lib/redis");
  const claims = createTestBuckets({ limit: 100 }, { limit: 100 }, WINDOW_SECONDS)("a");
  for (let i = 0; i < 20; i += 1) await new SimulatedLimiter().limiter.take(claims);
  expect(await redis().get(claims[0]?.key ?? "")).toBe(`${time}x20 `);
});

it("an answer that comes late still counts: its token once, its refusal until the limit is back", async () => {
  const [here, there] = [new SimulatedLimiter(), new SimulatedLimiter()];
  const claims = createTestBuckets({ limit: 3 }, { limit: 10 }, WINDOW_SECONDS)("a");
  await there.limiter.take(claims);
  here.behaviour = "late";
  expect(await here.limiter.take(claims)).toMatchObject({ allowed: true, degraded: "process" });
  await here.release();
  here.behaviour = "up";
  // Redis had counted it, so it is not told again: 1 there, 1 late, this is the third.
  expect(await here.limiter.take(claims)).toMatchObject({ allowed: true, degraded: null });
  const third = new SimulatedLimiter();
  third.behaviour = "late";
  // Nothing is left in Redis, but this process cannot know.
  expect(await third.limiter.take(claims)).toMatchObject({ allowed: true, degraded: "process" });
  await third.release();
  third.behaviour = "away";
  expect((await third.limiter.take(claims)).allowed).toBe(false);
  time += WINDOW_MS;
  expect((await third.limiter.take(claims)).allowed).toBe(true);
});

it("a request that this process decided alone is not overtaken: Redis' word then lets nobody else in", async () => {
  const here = new SimulatedLimiter();
  const claims = createTestBuckets({ limit: 1 }, { limit: 10 }, WINDOW_SECONDS)("a");
  here.behaviour = "held";
  const overtaken = here.limiter.take(claims);
  await waitUntil("Redis has taken the token", () => here.heldCount === 1);
  here.behaviour = "away";
  expect(await here.limiter.take(claims)).toMatchObject({ allowed: true, degraded: "process" });
  await here.release();
  expect((await overtaken).allowed).toBe(false);
});

it("a value that is not the log, or is from a clock that is wrong, is a fresh allowance", async () => {
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

it("a clock that is set back keeps nobody away for longer than a window", async () => {
  const here = new SimulatedLimiter();
  const claims = createTestBuckets({ limit: 3 }, { limit: 10 }, WINDOW_SECONDS)("a");
  for (let i = 0; i < 4; i += 1) await here.limiter.take(claims);
  expect((await here.limiter.take(claims)).allowed).toBe(false);
  time -= 3_600_000;
  for (const behaviour of ["away", "up"] as const) {
    here.behaviour = behaviour;
    const answer = await here.limiter.take(claims);
    expect(answer.allowed).toBe(true);
    for (const { resetAt } of answer.statuses) expect(resetAt).toBeLessThanOrEqual(time + WINDOW_MS);
  }
  time += 3_600_000;
});

it("more callers than a process remembers: the one not seen for longest starts anew, the others do not", async () => {
  const here = new SimulatedLimiter();
  here.behaviour = "away";
  const claimsFor = createTestBuckets({ limit: 1 }, { limit: 1_000_000 }, WINDOW_SECONDS);
  const take = async (name: string) => (await here.limiter.take(claimsFor(name).slice(0, 1))).allowed;
  expect(await take("first")).toBe(true);
  for (let n = 1; n < 10_000; n += 1) await take(String(n));
  expect(await take("first")).toBe(false);
  for (let n = 0; n < 10_000; n += 1) await take(`more ${n}`);
  expect(await take("first")).toBe(true);
  expect(await take("more 9999")).toBe(false);
});
