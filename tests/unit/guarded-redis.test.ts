import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, beforeEach, expect, it } from "vitest";
import { useClock } from "@/lib/core/clock";
import { GuardedRedis, RedisUnavailableError } from "@/lib/redis/guarded-redis";

const TIMEOUT_MS = 100;
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
    firstCallTimeoutMs: 2_000,
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
  time += IDLE_MS;
  expect(await outcomes(1)).toEqual(["ok"]);
});

it("finds a distant Redis back after an outage: the probe opens a connection too", async () => {
  answer = (request) => request.socket.destroy();
  expect(await outcomes(5)).toEqual(["network", "network", "network", "network", "open"]);
  answer = slowly(pong);
  time += IDLE_MS;
  expect(await outcomes(1)).toEqual(["ok"]);
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
