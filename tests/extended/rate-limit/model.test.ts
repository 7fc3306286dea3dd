import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { freezeClock } from "@/tests/support/clients/freeze-clock";
import { waitUntil } from "@/tests/support/clients/wait-until";
import {
  anyProcess,
  behaveStep,
  type Decided,
  inWindow,
  PROCESSES,
  playSteps,
  releaseStep,
  requestStep,
  type Step,
  WINDOW_MS,
  WINDOW_SECONDS,
  waitStep,
} from "@/tests/support/factories/limit-model";
import { createTestBuckets, SimulatedLimiter } from "@/tests/support/factories/simulated-limiter";
import { runs } from "@/tests/support/fuzz/runs";

const ROUTE = { limit: 4 };
const PERSON = { limit: 6 };
const RUNS = runs(60);

const clock = freezeClock();
beforeEach(() => {
  clock.nowMs += 10 * WINDOW_MS;
});

const play = (steps: readonly Step[], check: (decided: Decided) => void) =>
  playSteps(steps, { clock, claimsFor: createTestBuckets(ROUTE, PERSON, WINDOW_SECONDS) }, check);

it("with any Redis failures neither Redis nor one process exceeds the limit", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 4, arbitrary: requestStep() }, waitStep, behaveStep, releaseStep), {
        maxLength: 40,
      }),
      async (steps) => {
        const passed = await play(steps, ({ limited }) => {
          for (const { resetAt } of limited.statuses) {
            expect(resetAt).toBeLessThanOrEqual(clock.nowMs + WINDOW_MS);
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
      fc.array(fc.oneof({ weight: 3, arbitrary: requestStep() }, waitStep), { maxLength: 40 }),
      async (steps) => {
        await play(steps, ({ limited, claims, before, passed, together }) => {
          expect(limited.degraded).toBeNull();
          for (const { key, policy } of claims) {
            expect(inWindow(passed, key, clock.nowMs).length).toBeLessThanOrEqual(policy.limit);
          }
          // A token counts for the window and up to a second longer.
          const spent = (length: number) =>
            claims.some(
              ({ key, policy }) => inWindow(before, key, clock.nowMs, length).length >= policy.limit,
            );
          if (spent(WINDOW_MS)) expect(limited.allowed).toBe(false);
          if (together === 1 && !spent(WINDOW_MS + 1000)) expect(limited.allowed).toBe(true);
          if (!limited.allowed) {
            for (const { remaining, resetAt } of limited.statuses) {
              if (remaining === 0) expect(resetAt - clock.nowMs).toBeGreaterThan(0);
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
      clock.nowMs += 10 * WINDOW_MS;
      const processes = Array.from({ length: PROCESSES }, () => new SimulatedLimiter().limiter);
      const claims = createTestBuckets(ROUTE, PERSON, WINDOW_SECONDS)("a");
      for (const [index, ms] of requests) {
        clock.nowMs += ms;
        const response = await processes[index]?.take(claims);
        if (!response || response.allowed) continue;
        const back = Math.max(
          ...response.statuses.filter(({ remaining }) => remaining === 0).map(({ resetAt }) => resetAt),
        );
        clock.nowMs = back - 1;
        expect((await processes[index]?.take(claims))?.allowed).toBe(false);
        clock.nowMs = back;
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
  clock.nowMs += WINDOW_MS + 1000;
  expect((await there.limiter.take(claims)).allowed).toBe(true);
});

it("requests replayed to Redis are stored and count from their own clock.nowMs, also when Redis rejects", async () => {
  const { redis } = await import("@/lib/redis");
  const [here, there, third] = [new SimulatedLimiter(), new SimulatedLimiter(), new SimulatedLimiter()];
  const claims = createTestBuckets({ limit: 3 }, { limit: 100 }, WINDOW_SECONDS)("a");
  const startedAt = clock.nowMs;
  here.behaviour = "down";
  for (let i = 0; i < 2; i += 1) await here.limiter.take(claims);
  third.behaviour = "down";
  clock.nowMs = startedAt + 2_000;
  for (let i = 0; i < 2; i += 1) await third.limiter.take(claims);
  clock.nowMs = startedAt + 3_000;
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
  clock.nowMs = startedAt + WINDOW_MS;
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
  expect(await redis().get(claims[0]?.key ?? "")).toBe(`${clock.nowMs}x20 `);
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
  clock.nowMs += WINDOW_MS;
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
  clock.nowMs -= 3_600_000;
  for (const behaviour of ["down", "up"] as const) {
    here.behaviour = behaviour;
    const response = await here.limiter.take(claims);
    expect(response.allowed).toBe(true);
    for (const { resetAt } of response.statuses) expect(resetAt).toBeLessThanOrEqual(clock.nowMs + WINDOW_MS);
  }
  clock.nowMs += 3_600_000;
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
