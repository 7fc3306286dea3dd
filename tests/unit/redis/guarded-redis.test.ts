import { afterEach, beforeEach, expect, it } from "vitest";
import { GuardedRedis, type RedisCall } from "@/lib/redis/guarded-redis";
import { waitUntil } from "@/tests/support/clients/wait-until";
import {
  type FakeRedis,
  IDLE_MS,
  pong,
  respondWith,
  startFakeRedis,
  TIMEOUT_MS,
} from "@/tests/support/proxies/fake-redis";

let fakeRedis: FakeRedis;
beforeEach(async () => {
  fakeRedis = await startFakeRedis();
});
afterEach(() => fakeRedis.close());

it("a Redis that keeps hanging opens the breaker also with the shortened limit", async () => {
  fakeRedis.answer = pong;
  expect(await fakeRedis.outcomes(1)).toEqual(["ok"]);
  fakeRedis.answer = () => {};
  expect(await fakeRedis.outcomes(1)).toEqual(["timeout"]);
  const startedAt = performance.now();
  let calls = 0;
  await waitUntil("the breaker is open", async () => {
    calls += 1;
    return (await fakeRedis.outcomes(1))[0] === "open";
  });
  expect(calls).toBeGreaterThan(3);
  expect(performance.now() - startedAt).toBeGreaterThan(TIMEOUT_MS / 2);
});

it("excuses all concurrent calls of one cold start", async () => {
  fakeRedis.answer = (request) => request.socket.destroy();
  await Promise.all(Array.from({ length: 20 }, () => fakeRedis.outcomes(1)));
  fakeRedis.answer = pong;
  expect(await fakeRedis.outcomes(1)).toEqual(["ok"]);
});

it("a Redis error is a response; an unavailable Redis and a proxy's page count as failures", async () => {
  fakeRedis.answer = respondWith(400, JSON.stringify({ error: "WRONGTYPE Operation against a key" }));
  expect(await fakeRedis.outcomes(5)).toEqual(Array(5).fill("UpstashError"));
  for (const reply of [
    respondWith(503, JSON.stringify({ error: "LOADING Redis is loading the dataset in memory" })),
    respondWith(502, "<html>Bad Gateway</html>"),
  ]) {
    fakeRedis.answer = reply;
    expect(await fakeRedis.outcomes(4)).toEqual([...Array(3).fill("out-of-service"), "open"]);
    fakeRedis.answer = pong;
    fakeRedis.time += IDLE_MS;
    expect(await fakeRedis.outcomes(1)).toEqual(["ok"]);
  }
});

it.each(["{}", "[]", '"hello"', "null", "[null]", '{"result"', ""])(
  "an invalid response is a failure: 200 with %s",
  async (body) => {
    fakeRedis.answer = respondWith(200, body);
    expect(await fakeRedis.outcomes(1)).toEqual([expect.stringMatching(/^(out-of-service|network)$/)]);
  },
);

it.each([
  "WRONGPASS invalid or missing auth token",
  "ERR max daily request limit exceeded. Limit: 10000, Usage: 10000",
  "ERR max requests limit exceeded. Limit: 500000, Usage: 500000",
])("a Redis that rejects the client is unavailable: %s", async (error) => {
  fakeRedis.answer = respondWith(401, JSON.stringify({ error }));
  expect(await fakeRedis.outcomes(1)).toEqual(["out-of-service"]);
});

it("sends nothing twice: a write whose response was lost may have been applied", async () => {
  const received: string[] = [];
  fakeRedis.answer = (request) => {
    request.on("data", (chunk: Buffer) => received.push(chunk.toString()));
    request.on("end", () => request.socket.destroy());
  };
  await expect(fakeRedis.redis.incr("counter")).rejects.toMatchObject({ reason: "network" });
  await expect(fakeRedis.redis.send(["INCR", "other"])).rejects.toMatchObject({ reason: "network" });
  expect(received.map((body) => JSON.parse(body))).toEqual([
    ["incr", "counter"],
    ["INCR", "other"],
  ]);
});

it("an error of Redis does not contain the values sent", async () => {
  fakeRedis.answer = respondWith(400, JSON.stringify({ error: "WRONGTYPE Operation against a key" }));
  const error: unknown = await fakeRedis.redis.set("key", "a password").catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ message: "WRONGTYPE Operation against a key" });
  expect((error as Error).stack).not.toContain("a password");
});

it("each command of a pipeline has its own response; too few responses are a failure", async () => {
  fakeRedis.answer = respondWith(200, JSON.stringify([{ result: "b25l" }, { error: "ERR no" }]));
  expect(
    await fakeRedis.redis.sendPipeline([
      ["GET", "a"],
      ["GET", "b"],
    ]),
  ).toEqual([{ result: "one" }, { error: expect.objectContaining({ message: "ERR no" }) }]);
  await expect(fakeRedis.redis.sendPipeline([["GET", "a"]])).rejects.toMatchObject({
    reason: "out-of-service",
  });
});

it("reports every call: its commands, outcome and duration", async () => {
  const calls: RedisCall[] = [];
  const client = new GuardedRedis({
    url: fakeRedis.url,
    token: "t",
    timeoutMs: TIMEOUT_MS,
    firstCallTimeoutMs: TIMEOUT_MS,
    onCall: (call) => calls.push(call),
  });
  fakeRedis.answer = pong;
  await client.ping();
  fakeRedis.answer = respondWith(400, JSON.stringify({ error: "ERR no" }));
  await client.send(["GET", "a"]).catch(() => {});
  fakeRedis.answer = (request) => request.socket.destroy();
  for (let call = 0; call < 4; call += 1) await client.sendPipeline([["GET", "a"], ["PING"]]).catch(() => {});
  expect(calls.map(({ commands, outcome }) => [commands.map(([name]) => name).join(), outcome])).toEqual([
    ["ping", "answered"],
    ["GET", "error"],
    ...Array(3).fill(["GET,PING", "unavailable"]),
    ["GET,PING", "refused"],
  ]);
  expect(calls[0]?.durationMs).toBeGreaterThan(0);
});
