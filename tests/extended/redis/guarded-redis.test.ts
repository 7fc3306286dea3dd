import { Redis } from "@upstash/redis";
import { afterEach, beforeEach, expect, it } from "vitest";
import { GuardedRedis } from "@/lib/redis/guarded-redis";
import { RedisUnavailableError } from "@/lib/redis/unavailable";
import { waitUntil } from "@/tests/support/clients/wait-until";
import {
  delayed,
  type FakeRedis,
  FIRST_CALL_TIMEOUT_MS,
  IDLE_MS,
  pong,
  startFakeRedis,
  TIMEOUT_MS,
} from "@/tests/support/proxies/fake-redis";

/** Tests that wait for real time limits. */

let fakeRedis: FakeRedis;
beforeEach(async () => {
  fakeRedis = await startFakeRedis();
});
afterEach(() => fakeRedis.close());

it("gives only a call that opens a connection the longer limit", async () => {
  fakeRedis.answer = delayed(pong);
  expect(await fakeRedis.outcomes(2)).toEqual(["ok", "timeout"]);
  fakeRedis.answer = pong;
  await waitUntil("Redis is trusted again", async () => (await fakeRedis.outcomes(1))[0] === "ok");
  fakeRedis.answer = delayed(pong);
  fakeRedis.time += IDLE_MS;
  expect(await fakeRedis.outcomes(1)).toEqual(["ok"]);
});

it("recovers a distant Redis after an outage: the probe may open a connection, and callers do not wait for it", async () => {
  fakeRedis.answer = (request) => request.socket.destroy();
  expect(await fakeRedis.outcomes(5)).toEqual(["network", "network", "network", "network", "open"]);
  fakeRedis.answer = delayed(pong);
  fakeRedis.time += 1_000;
  expect(await fakeRedis.outcomes(2)).toEqual(["timeout", "open"]);
  fakeRedis.answer = pong;
  await waitUntil("the breaker is closed", async () => (await fakeRedis.outcomes(1))[0] === "ok");
});

it("a caller in a hurry waits its own time, for a process's first call longer, for a probe not at all, and gets the late response", async () => {
  const guarded = new GuardedRedis({
    url: fakeRedis.url,
    token: "t",
    timeoutMs: 2 * TIMEOUT_MS,
    firstCallTimeoutMs: FIRST_CALL_TIMEOUT_MS,
    lateReply: { answerMs: 2 * FIRST_CALL_TIMEOUT_MS },
  });
  const patient = new Redis(guarded.withWait(TIMEOUT_MS));
  fakeRedis.answer = delayed(pong);
  expect(await patient.ping()).toBe("PONG");
  const failed = async () => {
    const startedAt = performance.now();
    const error: unknown = await patient.ping().catch((thrown: unknown) => thrown);
    if (!(error instanceof RedisUnavailableError)) throw new Error("the call should have failed");
    return { reason: error.reason, ms: performance.now() - startedAt, late: error.lateReply };
  };
  let answerNow = () => {};
  const requested = new Promise<void>((resolve) => {
    fakeRedis.answer = (request, response) => {
      answerNow = () => pong(request, response);
      resolve();
    };
  });
  const first = await failed();
  expect(first.reason).toBe("timeout");
  expect(first.ms).toBeLessThan(2 * TIMEOUT_MS);
  await requested;
  answerNow();
  expect(await first.late).toEqual({ result: "PONG" });
  fakeRedis.answer = () => {};
  await waitUntil(
    "the calls have failed and the breaker is open",
    async () => (await failed()).reason === "open",
  );
  expect(await failed()).toMatchObject({ reason: "open", late: undefined });
  fakeRedis.time += 1_000;
  fakeRedis.answer = delayed(pong);
  const probe = await failed();
  expect(probe.reason).toBe("open");
  expect(probe.ms).toBeLessThan(TIMEOUT_MS / 2);
  expect(await probe.late).toEqual({ result: "PONG" });
  fakeRedis.answer = pong;
  await waitUntil("the breaker is closed", () =>
    patient.ping().then(
      () => true,
      () => false,
    ),
  );
});

it("after one hung call callers hardly wait until a response arrives", async () => {
  fakeRedis.answer = pong;
  expect(await fakeRedis.outcomes(1)).toEqual(["ok"]);
  fakeRedis.answer = () => {};
  expect(await fakeRedis.outcomes(1)).toEqual(["timeout"]);
  const startedAt = performance.now();
  // Its response is too late for the caller and in time for the breaker.
  fakeRedis.answer = (request, response) => void setTimeout(() => pong(request, response), TIMEOUT_MS / 2);
  expect(await fakeRedis.outcomes(1)).toEqual(["timeout"]);
  expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS / 2);
  await waitUntil("a response arrived", async () => (await fakeRedis.outcomes(1))[0] === "ok");
  // Trusted again, so calls have the whole limit.
  expect(await fakeRedis.outcomes(3)).toEqual(["ok", "ok", "ok"]);

  // A refused connection costs no time, so the limit is not shortened.
  fakeRedis.answer = (request) => request.socket.destroy();
  expect(await fakeRedis.outcomes(1)).toEqual(["network"]);
  fakeRedis.answer = (request, response) => void setTimeout(() => pong(request, response), TIMEOUT_MS / 4);
  expect(await fakeRedis.outcomes(1)).toEqual(["ok"]);
});
