import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { setClock } from "@/lib/core/clock";
import { toAppError } from "@/lib/core/http";
import { log } from "@/lib/core/log";
import { RedisUnavailableError } from "@/lib/redis";
import { createCallLogger } from "@/lib/redis/call-meter";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { type FaultMode, startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { serveHttp } from "@/tests/support/proxies/http-server";
import { currentGateway } from "@/tests/support/stack/current-gateway";
import { createTestRedisService } from "@/tests/support/stack/test-redis-service";

/** The service with Redis refusing, hanging, swallowing, responding with errors, or replaced by a web page. */

const LIMIT_MS = 500;
const MAX_OPEN_MS = 10_000;
const limits = { timeoutMs: LIMIT_MS, firstCallTimeoutMs: LIMIT_MS };

const proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
const proxied = `http://127.0.0.1:${proxy.port}`;
const straight = createTestRedisService(currentGateway().url);

let ahead = 0;
let restoreClock = () => {};
beforeAll(() => {
  restoreClock = setClock({ now: () => Date.now() + ahead });
});
afterEach(async () => {
  await setProxy("pass");
  vi.restoreAllMocks();
});
afterAll(async () => {
  restoreClock();
  await proxy.close();
});

const number = z.number();
const newKey = () => `test:${randomUUID()}`;

/** Turns of the event loop in which a cut connection is noticed at the other end. */
const TURNS = 20;

/** Sets the mode and lets the client notice that its connections were cut: a call on a stale one would be lost. */
async function setProxy(mode: FaultMode): Promise<void> {
  await proxy.set(mode);
  await delay(20);
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** One call of each kind of command. */
function everyKind(service: typeof straight, key: string): (() => Promise<unknown>)[] {
  return [
    () => service.get(key, number),
    () => service.set(key, 1, { ttlSeconds: 5 }),
    () => service.incr(key),
    () => service.hgetall(key, number),
    () => service.sadd(key, 1),
    () => service.zrange(key, 0, -1, number),
    () => service.lpop(key, number),
    () => service.publish("test:nobody", 1),
    () => service.ping(),
    () => service.pipeline((p) => [p.get(key, number), p.incr(key)]),
  ];
}

describe.each(["refuse", "hang", "swallow"] as const)("with Redis down (%s)", (mode) => {
  it("every command fails within its limit, then immediately, and works again when Redis is back", async () => {
    const service = createTestRedisService(proxied, limits);
    const key = newKey();
    expect(service.isReady()).toBe(false);
    await service.set(key, 1);
    expect(service.isReady()).toBe(true);

    await setProxy(mode);
    const startedAt = performance.now();
    for (const call of everyKind(service, key)) await expect(call()).rejects.toThrow(RedisUnavailableError);
    // The first call waits, later ones hardly; then the breaker rejects.
    expect(performance.now() - startedAt).toBeLessThan(2 * LIMIT_MS + 1_000);
    await waitUntil("the breaker is open", () =>
      service.get(key, number).then(
        () => false,
        ({ reason }) => reason === "open",
      ),
    );
    expect(service.isReady()).toBe(false);

    await setProxy("pass");
    await waitUntil("Redis responds", () => {
      ahead += MAX_OPEN_MS;
      return service.ping().then(
        (answer) => answer === "PONG",
        () => false,
      );
    });
    expect(service.isReady()).toBe(true);
  });
});

it("an unhandled outage is a 503 with Retry-After, not a 500", async () => {
  const error = toAppError(
    await createTestRedisService("http://127.0.0.1:1", limits)
      .ping()
      .catch((thrown: unknown) => thrown),
  );
  expect(error).toMatchObject({ code: "unavailable", retryAfterSeconds: expect.any(Number) });
});

it("a write whose response is lost is not sent again", async () => {
  const service = createTestRedisService(proxied, limits);
  const key = newKey();
  await service.set(key, 0);
  await setProxy("swallow");
  await expect(service.incr(key)).rejects.toThrow(RedisUnavailableError);
  await expect(service.pipeline((p) => [p.incr(key), p.incr(key)])).rejects.toThrow(RedisUnavailableError);
  await waitUntil("the sent writes are applied", async () => (await straight.get(key, number)) === 3);
  // They are not applied again.
  await delay(100);
  expect(await straight.get(key, number)).toBe(3);
});

it.each([
  ["a web page", 502, "<html>Bad Gateway</html>"],
  ["a web page with status 200", 200, "<html>Welcome to the hotel's network</html>"],
  ["unrelated JSON", 200, '{"message":"ok"}'],
  ["a response of another type", 200, '{"result":{"a":1}}'],
  ["a Redis that is loading", 503, '{"error":"LOADING Redis is loading the dataset in memory"}'],
])("%s counts as unavailable", async (_, status, body) => {
  const server = await serveHttp((_, response) => response.writeHead(status).end(body));
  const service = createTestRedisService(server.url, limits);
  for (const call of everyKind(service, "k").slice(1, 3)) {
    await expect(call()).rejects.toThrow(RedisUnavailableError);
  }
  await server.close();
});

it("counts responses and failures, and measures latency", async () => {
  const service = createTestRedisService(proxied, limits);
  const key = newKey();
  await service.set(key, "text");
  await service.incr(key).catch(() => {});
  await service.pipeline((p) => [p.set(key, 1), p.incr(key)]);
  await setProxy("refuse");
  for (let call = 0; call < 6; call += 1) await service.get(key, number).catch(() => {});

  const { set, incr, pipeline, get } = service.metrics();
  expect(set).toMatchObject({ answered: 2, errors: 0, latency: { count: 1 } });
  expect(incr).toMatchObject({ answered: 1, errors: 1, latency: { count: 1 } });
  expect(pipeline).toMatchObject({ answered: 1, latency: { count: 1 } });
  expect(get?.answered).toBe(0);
  expect((get?.unavailable ?? 0) + (get?.refused ?? 0)).toBe(6);
  expect(get?.refused).toBeGreaterThanOrEqual(2);
  expect(get?.latency?.count).toBe(get?.unavailable);
  expect(set?.latency?.buckets.reduce((sum, bucket) => sum + bucket, 0)).toBe(1);
  expect(set?.latency?.sumMs).toBeGreaterThan(0);
});

it("a repeated Redis error is one warning; keys and values are not logged", async () => {
  const warn = vi.spyOn(log(), "warn").mockImplementation(() => {});
  const debug = vi.spyOn(log(), "debug").mockImplementation(() => {});
  const service = createTestRedisService(currentGateway().url, { onCall: createCallLogger() });
  const key = newKey();
  await service.set(key, "a secret value");
  for (let call = 0; call < 20; call += 1) await service.incr(key).catch(() => {});
  await service.lpush(key, "a secret value").catch(() => {});
  expect(warn).toHaveBeenCalledTimes(2);
  expect(debug).toHaveBeenCalledTimes(20);
  const lines = [...warn.mock.calls, ...debug.mock.calls].map((args) =>
    JSON.stringify(args, (_, value: unknown) =>
      value instanceof Error ? `${value.message} ${value.stack}` : value,
    ),
  );
  for (const line of lines) {
    expect(line).not.toContain("secret");
    expect(line).not.toContain(key);
  }
});
