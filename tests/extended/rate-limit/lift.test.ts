import { beforeEach, describe, expect, it } from "vitest";
import { handlerPolicies } from "@/lib/rate-limit/policies";
import { redis } from "@/lib/redis";
import { freezeClock } from "@/tests/support/clients/freeze-clock";
import { SimulatedLimiter } from "@/tests/support/factories/simulated-limiter";

/** How long instances go on refusing a caller whose buckets an operator has deleted. */

const clock = freezeClock();
const MINUTE_MS = 60_000;
let run = 0;

beforeEach(() => {
  clock.nowMs += 10 * 3_600_000;
});

const newBuckets = () => {
  run += 1;
  return [{ policy: handlerPolicies.account, key: `test:lift:${process.pid}:${run}` }];
};
const { limit } = handlerPolicies.account;

async function exhaust(here: SimulatedLimiter, buckets: ReturnType<typeof newBuckets>): Promise<void> {
  for (let taken = 0; taken < limit; taken += 1)
    expect((await here.limiter.take(buckets)).allowed).toBe(true);
  expect((await here.limiter.take(buckets)).allowed).toBe(false);
}

describe("a limit of a quarter of an hour that was lifted", () => {
  it("is free within a minute at the instance that took the tokens, and at one that Redis has refused", async () => {
    const [here, other] = [new SimulatedLimiter(), new SimulatedLimiter()];
    const buckets = newBuckets();
    await exhaust(here, buckets);
    expect((await other.limiter.take(buckets)).allowed).toBe(false);

    await redis().del(...buckets.map(({ key }) => key));
    clock.nowMs += MINUTE_MS - 1;
    const callsBefore = [here.calls, other.calls];
    for (const { limiter } of [here, other]) expect((await limiter.take(buckets)).allowed).toBe(false);
    expect([here.calls, other.calls]).toEqual(callsBefore);

    clock.nowMs += 1;
    expect((await here.limiter.take(buckets)).statuses[0]?.remaining).toBe(limit - 1);
    expect((await other.limiter.take(buckets)).statuses[0]?.remaining).toBe(limit - 2);
    for (let taken = 2; taken < limit; taken += 1)
      expect((await other.limiter.take(buckets)).allowed).toBe(true);
    expect((await here.limiter.take(buckets)).allowed).toBe(false);
  });

  it("is free at once at an instance that has no tokens of it", async () => {
    const [here, other] = [new SimulatedLimiter(), new SimulatedLimiter()];
    const buckets = newBuckets();
    await exhaust(here, buckets);
    await redis().del(...buckets.map(({ key }) => key));
    expect((await other.limiter.take(buckets)).allowed).toBe(true);
  });
});

it("a limit that was not lifted costs one call a minute, and stays", async () => {
  const here = new SimulatedLimiter();
  const buckets = newBuckets();
  await exhaust(here, buckets);
  const { calls } = here;
  for (let minute = 1; minute <= 10; minute += 1) {
    clock.nowMs += MINUTE_MS;
    for (let request = 0; request < 20; request += 1)
      expect((await here.limiter.take(buckets)).allowed).toBe(false);
    expect(here.calls - calls).toBe(minute);
  }
});

it("without Redis the instance that took the tokens goes on refusing", async () => {
  const here = new SimulatedLimiter();
  const buckets = newBuckets();
  await exhaust(here, buckets);
  here.behaviour = "down";
  for (let minute = 1; minute <= 10; minute += 1) {
    clock.nowMs += MINUTE_MS;
    expect((await here.limiter.take(buckets)).allowed).toBe(false);
  }
});
