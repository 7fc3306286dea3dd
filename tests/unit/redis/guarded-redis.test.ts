import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, beforeEach, expect, it } from "vitest";
import { useClock } from "@/lib/core/clock";
import { GuardedRedis, type RedisCall, RedisUnavailableError } from "@/lib/redis/guarded-redis";
import { until } from "@/tests/support/clients/until";

/** Wide apart, so that a busy machine does not take a slow answer for none. */
const TIMEOUT_MS = 500;
const FIRST_CALL_TIMEOUT_MS = 10_000;
const IDLE_MS = 5_000;

let time = 1_000_000;
let restore: () => void;
let server: Server;
let answer: RequestListener;
let redis: GuardedRedis;

beforeEach(async () => {
  restore = useClock({ now: () => time });
  server = createServer((request, response) => answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  redis = new GuardedRedis({
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    token: "t",
    timeoutMs: TIMEOUT_MS,
    firstCallTimeoutMs: FIRST_CALL_TIMEOUT_MS,
  });
});
afterEach(() => {
  restore();
  server.closeAllConnections();
  server.close();
});

const says =
  (status: number, body: string): RequestListener =>
  (_, response) =>
    response.writeHead(status).end(body);
const slowly =
  (listener: RequestListener): RequestListener =>
  (request, response) =>
    void setTimeout(() => listener(request, response), 3 * TIMEOUT_MS);
const pong = says(200, JSON.stringify({ result: Buffer.from("PONG").toString("base64") }));

/** How calls one after another end: `ok`, why Redis was held for away, or what else was thrown. */
async function outcomes(count: number): Promise<string[]> {
  const all: string[] = [];
  for (let i = 0; i < count; i += 1) {
    all.push(
      await redis.ping().then(
        () => "ok",
        (error: Error) => (error instanceof RedisUnavailableError ? error.reason : error.name),
      ),
    );
  }
  return all;
}

it("gives a call that opens a connection longer, and only that one", async () => {
  answer = slowly(pong);
  expect(await outcomes(2)).toEqual(["ok", "timeout"]);
  answer = pong;
  await until("it is not in doubt any more", async () => (await outcomes(1))[0] === "ok");
  answer = slowly(pong);
  time += IDLE_MS;
  expect(await outcomes(1)).toEqual(["ok"]);
});

it("finds a distant Redis back after an outage: the probe may open a connection, and nobody waits for that", async () => {
  answer = (request) => request.socket.destroy();
  expect(await outcomes(5)).toEqual(["network", "network", "network", "network", "open"]);
  answer = slowly(pong);
  time += 1_000;
  expect(await outcomes(2)).toEqual(["timeout", "open"]);
  answer = pong;
  await until("it is found back", async () => (await outcomes(1))[0] === "ok");
});

it("a caller that listens on waits no longer than the limit, for a probe not at all, and gets the answer", async () => {
  const address = server.address();
  const patient = new GuardedRedis({
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    token: "t",
    timeoutMs: TIMEOUT_MS,
    firstCallTimeoutMs: FIRST_CALL_TIMEOUT_MS,
    late: { answerMs: 2 * FIRST_CALL_TIMEOUT_MS },
  });
  const failed = async () => {
    const startedAt = performance.now();
    const error: unknown = await patient.ping().catch((thrown: unknown) => thrown);
    if (!(error instanceof RedisUnavailableError)) throw new Error("an answer in time");
    return { reason: error.reason, ms: performance.now() - startedAt, late: error.late };
  };
  let answerNow = () => {};
  const asked = new Promise<void>((resolve) => {
    answer = (request, response) => {
      answerNow = () => pong(request, response);
      resolve();
    };
  });
  const first = await failed();
  expect(first.reason).toBe("timeout");
  expect(first.ms).toBeLessThan(FIRST_CALL_TIMEOUT_MS / 2);
  await asked;
  answerNow();
  expect(await first.late).toEqual({ result: "PONG" });
  answer = () => {};
  await Promise.all([failed(), failed(), failed()]);
  expect(await failed()).toMatchObject({ reason: "open", late: undefined });
  time += 1_000;
  answer = slowly(pong);
  const probe = await failed();
  expect(probe.reason).toBe("open");
  expect(probe.ms).toBeLessThan(TIMEOUT_MS / 2);
  expect(await probe.late).toEqual({ result: "PONG" });
  answer = pong;
  await until("it is found back", () =>
    patient.ping().then(
      () => true,
      () => false,
    ),
  );
});

it("after one call that hung callers hardly wait, until an answer comes", async () => {
  answer = pong;
  expect(await outcomes(1)).toEqual(["ok"]);
  answer = () => {};
  expect(await outcomes(1)).toEqual(["timeout"]);
  const startedAt = performance.now();
  // Its answer is late for whoever asked, and in time for the breaker.
  answer = (request, response) => void setTimeout(() => pong(request, response), TIMEOUT_MS / 2);
  expect(await outcomes(1)).toEqual(["timeout"]);
  expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS / 2);
  await until("it has been answered", async () => (await outcomes(1))[0] === "ok");
  // Not in doubt any more: the whole limit again.
  expect(await outcomes(3)).toEqual(["ok", "ok", "ok"]);

  // A connection that is refused costs no time, so nobody is in doubt.
  answer = (request) => request.socket.destroy();
  expect(await outcomes(1)).toEqual(["network"]);
  answer = (request, response) => void setTimeout(() => pong(request, response), TIMEOUT_MS / 4);
  expect(await outcomes(1)).toEqual(["ok"]);
});

it("in doubt too a Redis that goes on hanging opens the breaker", async () => {
  answer = pong;
  expect(await outcomes(1)).toEqual(["ok"]);
  answer = () => {};
  expect(await outcomes(1)).toEqual(["timeout"]);
  const startedAt = performance.now();
  let asked = 0;
  await until("nobody waits", async () => {
    asked += 1;
    return (await outcomes(1))[0] === "open";
  });
  expect(asked).toBeGreaterThan(3);
  expect(performance.now() - startedAt).toBeGreaterThan(TIMEOUT_MS / 2);
});

it("excuses all calls of one cold start, however many come at once", async () => {
  answer = (request) => request.socket.destroy();
  await Promise.all(Array.from({ length: 20 }, () => outcomes(1)));
  answer = pong;
  expect(await outcomes(1)).toEqual(["ok"]);
});

it("an error of Redis is an answer; a Redis that cannot serve, and a page in its place, is none", async () => {
  answer = says(400, JSON.stringify({ error: "WRONGTYPE Operation against a key" }));
  expect(await outcomes(5)).toEqual(Array(5).fill("UpstashError"));
  for (const reply of [
    says(503, JSON.stringify({ error: "LOADING Redis is loading the dataset in memory" })),
    says(502, "<html>Bad Gateway</html>"),
  ]) {
    answer = reply;
    expect(await outcomes(4)).toEqual([...Array(3).fill("out-of-service"), "open"]);
    answer = pong;
    time += IDLE_MS;
    expect(await outcomes(1)).toEqual(["ok"]);
  }
});

it.each(["{}", "[]", '"hello"', "null", "[null]", '{"result"', ""])(
  "what is no answer of Redis is none: 200 with %s",
  async (body) => {
    answer = says(200, body);
    expect(await outcomes(1)).toEqual([expect.stringMatching(/^(out-of-service|network)$/)]);
  },
);

it.each([
  "WRONGPASS invalid or missing auth token",
  "ERR max daily request limit exceeded. Limit: 10000, Usage: 10000",
  "ERR max requests limit exceeded. Limit: 500000, Usage: 500000",
])("a Redis that lets nobody in is away: %s", async (error) => {
  answer = says(401, JSON.stringify({ error }));
  expect(await outcomes(1)).toEqual(["out-of-service"]);
});

it("sends nothing twice: a write whose answer was lost may have been applied", async () => {
  const received: string[] = [];
  answer = (request) => {
    request.on("data", (chunk: Buffer) => received.push(chunk.toString()));
    request.on("end", () => request.socket.destroy());
  };
  await expect(redis.incr("counter")).rejects.toMatchObject({ reason: "network" });
  await expect(redis.send(["INCR", "other"])).rejects.toMatchObject({ reason: "network" });
  expect(received.map((body) => JSON.parse(body))).toEqual([
    ["incr", "counter"],
    ["INCR", "other"],
  ]);
});

it("what Redis says is told without the values that were sent", async () => {
  answer = says(400, JSON.stringify({ error: "WRONGTYPE Operation against a key" }));
  const error: unknown = await redis.set("key", "a password").catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ message: "WRONGTYPE Operation against a key" });
  expect((error as Error).stack).not.toContain("a password");
});

it("a pipeline's commands each have their own answer; fewer than were asked for are none", async () => {
  answer = says(200, JSON.stringify([{ result: "b25l" }, { error: "ERR no" }]));
  expect(
    await redis.sendAll([
      ["GET", "a"],
      ["GET", "b"],
    ]),
  ).toEqual([{ result: "one" }, { error: expect.objectContaining({ message: "ERR no" }) }]);
  await expect(redis.sendAll([["GET", "a"]])).rejects.toMatchObject({ reason: "out-of-service" });
});

it("tells of every call: what was sent, how it ended, how long it took", async () => {
  const calls: RedisCall[] = [];
  const address = server.address();
  const told = new GuardedRedis({
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    token: "t",
    timeoutMs: TIMEOUT_MS,
    firstCallTimeoutMs: TIMEOUT_MS,
    onCall: (call) => calls.push(call),
  });
  answer = pong;
  await told.ping();
  answer = says(400, JSON.stringify({ error: "ERR no" }));
  await told.send(["GET", "a"]).catch(() => {});
  answer = (request) => request.socket.destroy();
  for (let call = 0; call < 4; call += 1) await told.sendAll([["GET", "a"], ["PING"]]).catch(() => {});
  expect(calls.map(({ commands, outcome }) => [commands.map(([name]) => name).join(), outcome])).toEqual([
    ["ping", "answered"],
    ["GET", "error"],
    ...Array(3).fill(["GET,PING", "unavailable"]),
    ["GET,PING", "refused"],
  ]);
  expect(calls[0]?.durationMs).toBeGreaterThan(0);
});
