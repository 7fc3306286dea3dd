import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RedisEngine, startRedisEngine } from "@/local/redis/engine";
import { type RedisGateway, startRedisGateway } from "@/local/redis/gateway";
import { type NextServer, startNextServer, withRedis } from "@/tests/support/processes/next-server";
import { workerApp } from "@/tests/support/processes/worker";
import { type FaultMode, type FaultProxy, startFaultProxy } from "@/tests/support/proxies/fault-proxy";

/**
 * The production build with a Redis that fails in every way and recovers, repeatedly in one process: requests succeed,
 * the limiter limits, and no request is slow.
 */

/**
 * Time (ms) that the first request may wait for Redis: one call in the gate and one in the server. Later calls wait a
 * tenth of that, and after three failures the breakers of the gate and the server open.
 */
const EDGE_LIMIT_MS = 50;
const SERVER_LIMIT_MS = 100;
const LATER_CALLS_MS = 100;
/** Additional time (ms) for all first requests on a busy machine. */
const NOISE_MS = 180;
const MAX_RECOVERY_MS = 5_000;
const TOKEN = "e2e";

let engine: RedisEngine;
let gateway: RedisGateway;
let proxy: FaultProxy;
let server: NextServer;

beforeAll(async () => {
  engine = await startRedisEngine({ dataDir: "", engine: "embedded" });
  gateway = await startRedisGateway({ port: 0, token: TOKEN, redisUrl: engine.url });
  proxy = await startFaultProxy({ host: "127.0.0.1", port: gateway.port });
  const { env } = await workerApp();
  server = await startNextServer(withRedis(env, `http://127.0.0.1:${proxy.port}`, TOKEN));
});
afterAll(async () => {
  await server?.stop();
  await proxy?.close();
  await gateway?.close();
  await engine?.stop();
});

afterEach(() => proxy.set("pass"));

let lastCaller = 0;

/** A client at an address of its own. */
function newCaller(): { call: (path: string, body?: unknown, token?: string) => Promise<Response> } {
  lastCaller += 1;
  const headers = { "x-forwarded-for": `10.0.${lastCaller >> 8}.${lastCaller & 255}` };
  return {
    call: (path, body, token) =>
      fetch(`${server.url}${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          ...headers,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

const newAccount = () => ({
  email: `${crypto.randomUUID()}@normaldance.test`,
  password: "a long enough password",
  name: "Somebody",
});

/** Durations (ms) of sequential requests, each of which must succeed. */
async function timed(path: string, count: number): Promise<number[]> {
  const all: number[] = [];
  const { call } = newCaller();
  for (let i = 0; i < count; i += 1) {
    const startedAt = performance.now();
    const response = await call(path);
    await response.arrayBuffer();
    all.push(performance.now() - startedAt);
    expect(response.status).toBe(200);
  }
  return all;
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function isNormal(): Promise<boolean> {
  const response = await newCaller().call("/api/health");
  const { redis } = await response.json();
  return redis.status === "ok" && response.headers.get("ratelimit-degraded") === null;
}

async function waitUntilNormal(): Promise<number> {
  const startedAt = performance.now();
  while (!(await isNormal())) {
    if (performance.now() - startedAt > 3 * MAX_RECOVERY_MS) throw new Error("Redis is still not used");
    await delay(100);
  }
  return performance.now() - startedAt;
}

/** Sends requests for this time (ms), so that the breakers keep probing. */
async function keepRequesting(ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    expect((await newCaller().call("/api/posts?limit=1")).status).toBe(200);
    await delay(100);
  }
}

const LONG_OUTAGE_MODE: FaultMode = "hang";
const LONG_OUTAGE_MS = 9_000;

const MODES: FaultMode[] = ["refuse", "hang", "slow", "error", "page"];

describe.each(MODES)("Redis: %s", (mode) => {
  it("requests succeed without delay, the limiter limits, and all is normal within 5 s of recovery", async () => {
    const { items } = await (await newCaller().call("/api/posts?limit=10")).json();
    const post = items[MODES.indexOf(mode)];
    const client = newCaller();
    const account = newAccount();
    expect((await client.call("/api/auth/sign-up", account)).status).toBe(201);
    await waitUntilNormal();
    const api = `/api/posts/${post.id}`;
    const before = median(await timed(api, 30));

    await proxy.set(mode);
    const first = await timed(api, 6);
    const { call } = client;
    for (const path of ["/", `/posts/${post.id}`]) {
      const page = await call(path);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain(post.title);
    }
    const signIn = await call("/api/auth/sign-in", { email: account.email, password: account.password });
    expect(signIn.status).toBe(200);
    expect(signIn.headers.get("ratelimit-degraded")).toBe("process");
    const { accessToken } = await signIn.json();
    const shown = (await (await call(api)).json()).post.viewsCount;
    for (const viewsCount of [shown + 1, shown + 1]) {
      const view = await call("/api/posts/view", { postId: post.id }, accessToken);
      expect(view.status).toBe(200);
      expect(await view.json()).toMatchObject({ viewsCount });
    }

    const guesser = newCaller();
    const guesses: number[] = [];
    for (let i = 0; i < 12; i += 1) guesses.push((await guesser.call("/api/auth/sign-in", {})).status);
    expect(guesses).toEqual([...Array(10).fill(400), 429, 429]);

    const during = median(await timed(api, 30));
    const waited = first.reduce((sum, ms) => sum + Math.max(0, ms - before), 0);
    expect(waited).toBeLessThan(EDGE_LIMIT_MS + SERVER_LIMIT_MS + LATER_CALLS_MS + NOISE_MS);
    expect(during - before).toBeLessThan(1 + Math.max(2, before / 2));

    // Long enough that the breakers probe at their longest interval.
    if (mode === LONG_OUTAGE_MODE) await keepRequesting(LONG_OUTAGE_MS);

    await proxy.set("pass");
    const back = await waitUntilNormal();
    expect(back).toBeLessThan(MAX_RECOVERY_MS);
    // A single call may still be answered without Redis on a busy machine.
    const readCount = async () => (await (await call(api)).json()).post.viewsCount;
    await expect.poll(readCount, { timeout: MAX_RECOVERY_MS }).toBe(shown + 1);
    // The attempts accepted meanwhile are replayed to Redis.
    expect((await guesser.call("/api/auth/sign-in", {})).status).toBe(429);
  });
});
