import { afterEach, beforeEach, expect, it } from "vitest";
import { setClock } from "@/lib/core/clock";
import { type BreakerState, CircuitBreaker } from "@/lib/redis/circuit-breaker";

let time = 0;
let restore: () => void;
let changes: BreakerState[];
let breaker: CircuitBreaker;

beforeEach(() => {
  time = 1_000_000;
  restore = setClock({ now: () => time });
  changes = [];
  breaker = new CircuitBreaker((state) => changes.push(state));
});
afterEach(() => restore());

const fail = () => {
  expect(breaker.mayCall()).toBe(true);
  breaker.recordFailure();
};

it("opens after three consecutive failures, not with a success between", () => {
  fail();
  fail();
  expect(breaker.mayCall()).toBe(true);
  breaker.recordSuccess();
  fail();
  fail();
  expect(breaker.state).toBe("closed");
  fail();
  expect(breaker.state).toBe("open");
  expect(breaker.mayCall()).toBe(false);
});

it("allows one probe after a second, and closes when it succeeds", () => {
  for (let i = 0; i < 3; i += 1) fail();
  time += 999;
  expect(breaker.mayCall()).toBe(false);
  time += 1;
  expect([breaker.mayCall(), breaker.mayCall()]).toEqual([true, false]);
  breaker.recordSuccess();
  expect([breaker.mayCall(), breaker.mayCall()]).toEqual([true, true]);
  expect(changes).toEqual(["open", "closed"]);
});

it("doubles the wait after each failed probe up to three seconds, and reports opening once", () => {
  for (let i = 0; i < 3; i += 1) fail();
  const waits: number[] = [];
  for (let probe = 0; probe < 6; probe += 1) {
    const before = time;
    while (!breaker.mayCall()) time += 100;
    waits.push(time - before);
    breaker.recordFailure();
  }
  expect(waits).toEqual([1_000, 2_000, 3_000, 3_000, 3_000, 3_000]);
  expect(changes).toEqual(["open"]);
});

it("is not extended by calls in flight when it opened", () => {
  for (let i = 0; i < 10; i += 1) expect(breaker.mayCall()).toBe(true);
  for (let i = 0; i < 10; i += 1) breaker.recordFailure();
  time += 1_000;
  expect(breaker.mayCall()).toBe(true);
});

it("is not kept open by a clock that is set back", () => {
  for (let i = 0; i < 3; i += 1) fail();
  time -= 3_600_000;
  expect(breaker.mayCall()).toBe(true);
  breaker.recordFailure();
  expect(breaker.mayCall()).toBe(false);
  time += 2_000;
  expect(breaker.mayCall()).toBe(true);
});
