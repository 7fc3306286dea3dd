import { Redis } from "@upstash/redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newKey, startTestGateway, type TestGateway, TOKEN } from "@/tests/support/servers/redis-gateway";

let t: TestGateway;
let redis: Redis;
beforeAll(async () => {
  t = await startTestGateway();
  redis = t.redis;
});
afterAll(() => t.close());

test("without base64 the SDK reads the same values", async () => {
  const client = new Redis({ url: t.gateway.url, token: TOKEN, retry: false, responseEncoding: false });
  const key = newKey();
  await client.set(key, { name: "żółw", list: [1, null] });
  expect(await client.get(key)).toEqual({ name: "żółw", list: [1, null] });
});

test("the SDK reads back a hash, list, set, sorted set and stream", async () => {
  const [hash, list, set, zset, stream] = [newKey(), newKey(), newKey(), newKey(), newKey()];
  await redis.hset(hash, { a: 1, b: { deep: true } });
  expect(await redis.hgetall(hash)).toEqual({ a: 1, b: { deep: true } });
  await redis.rpush<unknown>(list, "x", 2, { y: 3 });
  expect(await redis.lrange(list, 0, -1)).toEqual(["x", 2, { y: 3 }]);
  await redis.sadd(set, "m");
  expect(await redis.smembers(set)).toEqual(["m"]);
  await redis.zadd(zset, { score: 1.5, member: "a" }, { score: 2, member: "b" });
  expect(await redis.zrange(zset, 0, -1, { withScores: true })).toEqual(["a", 1.5, "b", 2]);
  expect(await redis.zscore(zset, "a")).toBe(1.5);
  const id = await redis.xadd(stream, "*", { field: "value" });
  expect(await redis.xrange(stream, "-", "+")).toEqual({ [id]: { field: "value" } });
});

test("streams can be trimmed to an exact length with `=`", async () => {
  const key = newKey();
  for (let index = 0; index < 5; index++) {
    await redis.xadd(key, "*", { "=": "=" }, { trim: { type: "MAXLEN", threshold: 3, comparison: "=" } });
  }
  expect(await redis.xlen(key)).toBe(3);
  await redis.xtrim(key, { strategy: "MAXLEN", threshold: 1, exactness: "=" });
  expect(Object.values(await redis.xrange(key, "-", "+"))).toEqual([{ "=": "=" }]);
});

test("ECHO, PING, TIME and COPY of a key onto itself answer as on Upstash", async () => {
  const key = newKey();
  await redis.set(key, 1);
  expect(await redis.echo("hello")).toBe("hello");
  expect(await redis.ping()).toBe("PONG");
  expect(Math.abs((await redis.time())[0] * 1000 - Date.now())).toBeLessThan(5_000);
  expect(await redis.copy(key, key)).toBe("NOT_COPIED");
});

describe("pipelines of the SDK", () => {
  test("commands of one turn are sent in one request", async () => {
    const key = newKey();
    t.gateway.stats.reset();
    await Promise.all(Array.from({ length: 100 }, () => redis.incr(key)));
    expect(t.gateway.stats.snapshot()).toMatchObject({
      httpRequests: 1,
      commands: 100,
      byCommand: { INCR: 100 },
    });
  });

  test("with keepErrors an error fails only its own command", async () => {
    const key = newKey();
    const results = await redis.pipeline().set(key, "x").incr(key).get(key).exec({ keepErrors: true });
    expect(results.map(({ error }) => error)).toEqual([
      undefined,
      "ERR value is not an integer or out of range",
      undefined,
    ]);
  });

  test("multi runs all commands or none", async () => {
    const key = newKey();
    expect(await redis.multi().set(key, 1).incr(key).exec()).toEqual(["OK", 2]);
    const bad = redis.multi().set(key, "changed").hset(key, {});
    await expect(bad.exec()).rejects.toThrow("EXECABORT");
    expect(await redis.get(key)).toBe(2);
  });
});

test("subscribe and psubscribe receive published messages", async () => {
  const channel = newKey();
  const exact = redis.subscribe<{ n: number }>(channel);
  const pattern = redis.psubscribe<{ n: number }>(`${channel}*`);
  const ready = Promise.all([
    new Promise((resolve) => exact.on("subscribe", resolve)),
    new Promise((resolve) => pattern.on("psubscribe", resolve)),
  ]);
  const received = Promise.all([
    new Promise((resolve) => exact.on("message", resolve)),
    new Promise((resolve) => pattern.on("pmessage", resolve)),
  ]);
  await ready;
  expect(await redis.publish(channel, { n: 1 })).toBe(2);
  expect(await received).toEqual([
    { channel, message: { n: 1 } },
    { pattern: `${channel}*`, channel, message: { n: 1 } },
  ]);
  await Promise.all([exact.unsubscribe(), pattern.unsubscribe()]);
});

test("a wrong token gives Upstash's error", async () => {
  const unauthorized = new Redis({ url: t.gateway.url, token: "nope", retry: false });
  await expect(unauthorized.get("a")).rejects.toThrow("WRONGPASS invalid or missing auth token");
});
