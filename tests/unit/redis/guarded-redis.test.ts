import { afterEach, beforeEach, expect, it } from "vitest";
import { GuardedRedis, type RedisCall } from "@/lib/redis/guarded-redis";
import { waitUntil } from "@/tests/support/clients/wait-until";
import {
  IDLE_MS,
  type PlayedRedis,
  playRedis,
  pong,
  says,
  TIMEOUT_MS,
} from "@/tests/support/proxies/played-redis";

let played: PlayedRedis;
beforeEach(async () => {
  played = await playRedis();
});
afterEach(() => played.close());

it("a Redis that keeps hanging opens the breaker also with the shortened limit", async () => {
  played.answer = pong;
  expect(await played.outcomes(1)).toEqual(["ok"]);
  played.answer = () => {};
  expect(await played.outcomes(1)).toEqual(["timeout"]);
  const startedAt = performance.now();
  let calls = 0;
  await waitUntil("the breaker is open", async () => {
    calls += 1;
    return (await played.outcomes(1))[0] === "open";
  });
  expect(calls).toBeGreaterThan(3);
  expect(performance.now() - startedAt).toBeGreaterThan(TIMEOUT_MS / 2);
});

it("excuses all concurrent calls of one cold start", async () => {
  played.answer = (request) => request.socket.destroy();
  await Promise.all(Array.from({ length: 20 }, () => played.outcomes(1)));
  played.answer = pong;
  expect(await played.outcomes(1)).toEqual(["ok"]);
});

it("a Redis error is a response; an unavailable Redis and a proxy's page count as failures", async () => {
  played.answer = says(400, JSON.stringify({ error: "WRONGTYPE Operation against a key" }));
  expect(await played.outcomes(5)).toEqual(Array(5).fill("UpstashError"));
  for (const reply of [
    says(503, JSON.stringify({ error: "LOADING Redis is loading the dataset in memory" })),
    says(502, "<html>Bad Gateway</html>"),
  ]) {
    played.answer = reply;
    expect(await played.outcomes(4)).toEqual([...Array(3).fill("out-of-service"), "open"]);
    played.answer = pong;
    played.time += IDLE_MS;
    expect(await played.outcomes(1)).toEqual(["ok"]);
  }
});

it.each(["{}", "[]", '"hello"', "null", "[null]", '{"result"', ""])(
  "an invalid response is a failure: 200 with %s",
  async (body) => {
    played.answer = says(200, body);
    expect(await played.outcomes(1)).toEqual([expect.stringMatching(/^(out-of-service|network)$/)]);
  },
);

it.each([
  "WRONGPASS invalid or missing auth token",
  "ERR max daily request limit exceeded. Limit: 10000, Usage: 10000",
  "ERR max requests limit exceeded. Limit: 500000, Usage: 500000",
])("a Redis that rejects the client is unavailable: %s", async (error) => {
  played.answer = says(401, JSON.stringify({ error }));
  expect(await played.outcomes(1)).toEqual(["out-of-service"]);
});

it("sends nothing twice: a write whose response was lost may have been applied", async () => {
  const received: string[] = [];
  played.answer = (request) => {
    request.on("data", (chunk: Buffer) => received.push(chunk.toString()));
    request.on("end", () => request.socket.destroy());
  };
  await expect(played.redis.incr("counter")).rejects.toMatchObject({ reason: "network" });
  await expect(played.redis.send(["INCR", "other"])).rejects.toMatchObject({ reason: "network" });
  expect(received.map((body) => JSON.parse(body))).toEqual([
    ["incr", "counter"],
    ["INCR", "other"],
  ]);
});

it("an error of Redis does not contain the values sent", async () => {
  played.answer = says(400, JSON.stringify({ error: "WRONGTYPE Operation against a key" }));
  const error: unknown = await played.redis.set("key", "a password").catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ message: "WRONGTYPE Operation against a key" });
  expect((error as Error).stack).not.toContain("a password");
});

it("each command of a pipeline has its own response; too few responses are a failure", async () => {
  played.answer = says(200, JSON.stringify([{ result: "b25l" }, { error: "ERR no" }]));
  expect(
    await played.redis.sendPipeline([
      ["GET", "a"],
      ["GET", "b"],
    ]),
  ).toEqual([{ result: "one" }, { error: expect.objectContaining({ message: "ERR no" }) }]);
  await expect(played.redis.sendPipeline([["GET", "a"]])).rejects.toMatchObject({
    reason: "out-of-service",
  });
});

it("reports every call: its commands, outcome and duration", async () => {
  const calls: RedisCall[] = [];
  const client = new GuardedRedis({
    url: played.url,
    token: "t",
    timeoutMs: TIMEOUT_MS,
    firstCallTimeoutMs: TIMEOUT_MS,
    onCall: (call) => calls.push(call),
  });
  played.answer = pong;
  await client.ping();
  played.answer = says(400, JSON.stringify({ error: "ERR no" }));
  await client.send(["GET", "a"]).catch(() => {});
  played.answer = (request) => request.socket.destroy();
  for (let call = 0; call < 4; call += 1) await client.sendPipeline([["GET", "a"], ["PING"]]).catch(() => {});
  expect(calls.map(({ commands, outcome }) => [commands.map(([name]) => name).join(), outcome])).toEqual([
    ["ping", "answered"],
    ["GET", "error"],
    ...Array(3).fill(["GET,PING", "unavailable"]),
    ["GET,PING", "refused"],
  ]);
  expect(calls[0]?.durationMs).toBeGreaterThan(0);
});
