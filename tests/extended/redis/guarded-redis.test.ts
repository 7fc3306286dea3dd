import { afterEach, beforeEach, expect, it } from "vitest";
import { GuardedRedis, RedisUnavailableError } from "@/lib/redis/guarded-redis";
import { waitUntil } from "@/tests/support/clients/wait-until";
import {
  FIRST_CALL_TIMEOUT_MS,
  IDLE_MS,
  type PlayedRedis,
  playRedis,
  pong,
  slowly,
  TIMEOUT_MS,
} from "@/tests/support/proxies/played-redis";

/** Tests that wait for real time limits. */

let played: PlayedRedis;
beforeEach(async () => {
  played = await playRedis();
});
afterEach(() => played.close());

it("gives only a call that opens a connection the longer limit", async () => {
  played.answer = slowly(pong);
  expect(await played.outcomes(2)).toEqual(["ok", "timeout"]);
  played.answer = pong;
  await waitUntil("Redis is trusted again", async () => (await played.outcomes(1))[0] === "ok");
  played.answer = slowly(pong);
  played.time += IDLE_MS;
  expect(await played.outcomes(1)).toEqual(["ok"]);
});

it("recovers a distant Redis after an outage: the probe may open a connection, and callers do not wait for it", async () => {
  played.answer = (request) => request.socket.destroy();
  expect(await played.outcomes(5)).toEqual(["network", "network", "network", "network", "open"]);
  played.answer = slowly(pong);
  played.time += 1_000;
  expect(await played.outcomes(2)).toEqual(["timeout", "open"]);
  played.answer = pong;
  await waitUntil("the breaker is closed", async () => (await played.outcomes(1))[0] === "ok");
});

it("a caller with a late reply waits no longer than the limit, for a probe not at all, and gets the response", async () => {
  const patient = new GuardedRedis({
    url: played.url,
    token: "t",
    timeoutMs: TIMEOUT_MS,
    firstCallTimeoutMs: FIRST_CALL_TIMEOUT_MS,
    lateReply: { answerMs: 2 * FIRST_CALL_TIMEOUT_MS },
  });
  const failed = async () => {
    const startedAt = performance.now();
    const error: unknown = await patient.ping().catch((thrown: unknown) => thrown);
    if (!(error instanceof RedisUnavailableError)) throw new Error("the call should have failed");
    return { reason: error.reason, ms: performance.now() - startedAt, late: error.lateReply };
  };
  let answerNow = () => {};
  const requested = new Promise<void>((resolve) => {
    played.answer = (request, response) => {
      answerNow = () => pong(request, response);
      resolve();
    };
  });
  const first = await failed();
  expect(first.reason).toBe("timeout");
  expect(first.ms).toBeLessThan(FIRST_CALL_TIMEOUT_MS / 2);
  await requested;
  answerNow();
  expect(await first.late).toEqual({ result: "PONG" });
  played.answer = () => {};
  await Promise.all([failed(), failed(), failed()]);
  expect(await failed()).toMatchObject({ reason: "open", late: undefined });
  played.time += 1_000;
  played.answer = slowly(pong);
  const probe = await failed();
  expect(probe.reason).toBe("open");
  expect(probe.ms).toBeLessThan(TIMEOUT_MS / 2);
  expect(await probe.late).toEqual({ result: "PONG" });
  played.answer = pong;
  await waitUntil("the breaker is closed", () =>
    patient.ping().then(
      () => true,
      () => false,
    ),
  );
});

it("after one hung call callers hardly wait until a response arrives", async () => {
  played.answer = pong;
  expect(await played.outcomes(1)).toEqual(["ok"]);
  played.answer = () => {};
  expect(await played.outcomes(1)).toEqual(["timeout"]);
  const startedAt = performance.now();
  // Its response is too late for the caller and in time for the breaker.
  played.answer = (request, response) => void setTimeout(() => pong(request, response), TIMEOUT_MS / 2);
  expect(await played.outcomes(1)).toEqual(["timeout"]);
  expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS / 2);
  await waitUntil("a response arrived", async () => (await played.outcomes(1))[0] === "ok");
  // Trusted again, so calls have the whole limit.
  expect(await played.outcomes(3)).toEqual(["ok", "ok", "ok"]);

  // A refused connection costs no time, so the limit is not shortened.
  played.answer = (request) => request.socket.destroy();
  expect(await played.outcomes(1)).toEqual(["network"]);
  played.answer = (request, response) => void setTimeout(() => pong(request, response), TIMEOUT_MS / 4);
  expect(await played.outcomes(1)).toEqual(["ok"]);
});
