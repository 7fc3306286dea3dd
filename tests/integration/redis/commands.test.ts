import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { RedisUnavailableError, redis, redisService } from "@/lib/redis";
import { defineScript } from "@/lib/redis/script";
import { currentGateway } from "@/tests/support/stack/current-gateway";

const service = redisService();
const newKey = () => `test:${randomUUID()}`;
const text = z.string();
const number = z.number();
const track = z.object({ title: z.string(), plays: z.number() });

function invalidValues(command: string): number {
  return service.metrics()[command]?.invalidValues ?? 0;
}

describe("strings", () => {
  it("set and get distinguish text, numbers, booleans and objects", async () => {
    const key = newKey();
    expect(await service.get(key, text)).toBeNull();
    for (const value of [
      "",
      "hello",
      "123",
      "007",
      "1e3",
      "null",
      "9007199254740993",
      '{"a":1}',
      "Ж\n\u0000🎵",
    ]) {
      await service.set(key, value);
      expect(await service.get(key, text)).toBe(value);
    }
    await service.set(key, 12.5);
    expect(await service.get(key, number)).toBe(12.5);
    await service.set(key, false);
    expect(await service.get(key, z.boolean())).toBe(false);
    await service.set(key, 9_007_199_254_740_993n);
    expect(await service.get(key, z.coerce.bigint())).toBe(9_007_199_254_740_993n);
    await service.set(key, { title: "123", plays: 4 });
    expect(await service.get(key, track)).toEqual({ title: "123", plays: 4 });
  });

  it("a value that does not match its schema is a miss, and is counted", async () => {
    const key = newKey();
    const before = invalidValues("get");
    for (const stored of ["not json", "{", '{"title":1}', "[]", "null", "true", ""]) {
      await redis().send(["SET", key, stored]);
      expect(await service.get(key, track)).toBeNull();
    }
    await redis().send(["SET", key, "9007199254740993"]);
    expect(await service.get(key, number)).toBeNull();
    expect(invalidValues("get") - before).toBe(8);
    expect(await service.get(newKey(), track)).toBeNull();
    expect(invalidValues("get") - before).toBe(8);
  });

  it("reads values written by the SDK, Lua or redis-cli", async () => {
    const key = newKey();
    await redis().set(key, { title: "a", plays: 1 });
    expect(await service.get(key, track)).toEqual({ title: "a", plays: 1 });
    await redis().set(key, "123");
    expect(await service.get(key, text)).toBe("123");
    expect(await service.get(key, number)).toBe(123);
  });

  it("set with a TTL, ttl, expire, and set without a TTL, which removes it", async () => {
    const key = newKey();
    expect(await service.ttl(key)).toBe(-2);
    expect(await service.expire(key, 10)).toBe(false);
    await service.set(key, "v", { ttlSeconds: 100 });
    expect(await service.ttl(key)).toBeGreaterThan(90);
    expect(await service.expire(key, 1_000)).toBe(true);
    expect(await service.ttl(key)).toBeGreaterThan(900);
    await service.set(key, "v");
    expect(await service.ttl(key)).toBe(-1);
  });

  it("rejects an invalid TTL and an unsupported value", async () => {
    const key = newKey();
    await service.set(key, "kept");
    for (const ttlSeconds of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      await expect(service.set(key, "v", { ttlSeconds })).rejects.toThrow(RangeError);
      await expect(service.expire(key, ttlSeconds)).rejects.toThrow(RangeError);
    }
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, null, undefined, () => 1, Symbol("s")]) {
      await expect(service.set(key, value as unknown as string)).rejects.toThrow(TypeError);
    }
    expect(await service.get(key, text)).toBe("kept");
  });

  it("del and exists", async () => {
    const [a, b] = [newKey(), newKey()];
    await service.set(a, 1);
    expect(await service.exists(a, b)).toBe(1);
    expect(await service.exists(a, a)).toBe(2);
    expect(await service.del(a, b)).toBe(1);
    expect(await service.exists(a)).toBe(0);
    expect([await service.del(), await service.exists()]).toEqual([0, 0]);
  });

  it("incr and decr, also of a number stored as text; another value is an error", async () => {
    const key = newKey();
    expect([await service.incr(key), await service.incr(key), await service.decr(key)]).toEqual([1, 2, 1]);
    await service.set(key, "10");
    expect(await service.incr(key)).toBe(11);
    await service.set(key, "ten");
    await expect(service.incr(key)).rejects.toThrow(/not an integer/);
  });
});

describe("hashes", () => {
  it("hset, hget, hexists, hkeys, hvals, hlen, hdel", async () => {
    const key = newKey();
    expect(await service.hget(key, "a", text)).toBeNull();
    expect(await service.hset(key, { a: "1", b: 2, c: { x: 1 } })).toBe(3);
    expect(await service.hset(key, { a: "one" })).toBe(0);
    expect(await service.hset(key, {})).toBe(0);
    expect(await service.hget(key, "a", text)).toBe("one");
    expect(await service.hget(key, "c", z.object({ x: z.number() }))).toEqual({ x: 1 });
    expect([await service.hexists(key, "a"), await service.hexists(key, "z")]).toEqual([true, false]);
    expect((await service.hkeys(key)).sort()).toEqual(["a", "b", "c"]);
    expect((await service.hvals(key, text)).sort()).toEqual(["2", "one", '{"x":1}']);
    expect(await service.hlen(key)).toBe(3);
    expect(await service.hdel(key, "a", "z")).toBe(1);
    expect(await service.hdel(key)).toBe(0);
    expect(await service.hlen(key)).toBe(2);
  });

  it("hgetall as one object: complete, or null", async () => {
    const key = newKey();
    const shape = { author: z.number(), name: text, tags: z.array(text), note: text.optional() };
    expect(await service.hgetall(key, shape)).toBeNull();
    await service.hset(key, { author: 5, name: "5", tags: ["a"], other: "x" });
    expect(await service.hgetall(key, shape)).toEqual({ author: 5, name: "5", tags: ["a"] });
    const before = invalidValues("hgetall");
    await service.hset(key, { author: "nobody" });
    expect(await service.hgetall(key, shape)).toBeNull();
    await service.hset(key, { author: 5 });
    await service.hdel(key, "name");
    expect(await service.hgetall(key, shape)).toBeNull();
    expect(invalidValues("hgetall") - before).toBe(2);
  });

  it("hgetall by field omits invalid values, and accepts any field name", async () => {
    const key = newKey();
    expect(await service.hgetall(key, number)).toEqual({});
    await service.hset(key, { ...JSON.parse('{"__proto__": 1}'), constructor: 2, bad: "x" });
    const found = await service.hgetall(key, number);
    expect(Object.entries(found).sort()).toEqual([
      ["__proto__", 1],
      ["constructor", 2],
    ]);
  });
});

describe("sets", () => {
  it("sadd, srem, smembers, sismember, scard", async () => {
    const key = newKey();
    expect(await service.smembers(key, number)).toEqual([]);
    expect(await service.sadd(key, 1, 2, "3")).toBe(3);
    expect(await service.sadd(key, 3)).toBe(0);
    expect(await service.sadd(key)).toBe(0);
    expect((await service.smembers(key, number)).sort()).toEqual([1, 2, 3]);
    expect([await service.sismember(key, 3), await service.sismember(key, 4)]).toEqual([true, false]);
    expect(await service.srem(key, 1, 9)).toBe(1);
    expect(await service.srem(key)).toBe(0);
    expect(await service.scard(key)).toBe(2);
    await service.sadd(key, "x");
    expect((await service.smembers(key, number)).sort()).toEqual([2, 3]);
  });
});

describe("sorted sets", () => {
  it("zadd, zrem, zrange, zrangebyscore, zcard, zscore", async () => {
    const key = newKey();
    expect(await service.zrange(key, 0, -1, text)).toEqual([]);
    const scores = { a: 1, b: 2.5, c: -3, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    const members = Object.entries(scores).map(([member, score]) => ({ member, score }));
    expect(await service.zadd(key, ...members)).toBe(5);
    expect(await service.zadd(key, { member: "a", score: 1 })).toBe(0);
    expect(await service.zadd(key)).toBe(0);
    expect(await service.zrange(key, 0, -1, text)).toEqual(["low", "c", "a", "b", "high"]);
    expect(await service.zrange(key, 0, 1, text, { reverse: true })).toEqual(["high", "b"]);
    expect(await service.zrangeWithScores(key, 1, 3, text)).toEqual([
      { member: "c", score: -3 },
      { member: "a", score: 1 },
      { member: "b", score: 2.5 },
    ]);
    expect(await service.zrangebyscore(key, -3, 1, text)).toEqual(["c", "a"]);
    expect(await service.zrangebyscore(key, "(-3", 1, text)).toEqual(["a"]);
    const everything = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
    expect(await service.zrangebyscore(key, ...everything, text, { limit: 2 })).toEqual(["low", "c"]);
    for (const [member, score] of Object.entries(scores))
      expect(await service.zscore(key, member)).toBe(score);
    expect(await service.zscore(key, "nobody")).toBeNull();
    expect(await service.zrem(key, "low", "nobody")).toBe(1);
    expect(await service.zrem(key)).toBe(0);
    expect(await service.zcard(key)).toBe(4);
    await expect(service.zadd(key, { member: "a", score: Number.NaN })).rejects.toThrow(RangeError);
  });

  it("scores keep full precision, such as milliseconds and microseconds", async () => {
    const key = newKey();
    for (const score of [1_795_000_000_123, 1_795_000_000_123_456, 0.1 + 0.2, 1e21, 5e-324]) {
      await service.zadd(key, { member: "m", score });
      expect(await service.zscore(key, "m")).toBe(score);
      expect(await service.zrangeWithScores(key, 0, 0, text)).toEqual([{ member: "m", score }]);
    }
  });
});

describe("lists", () => {
  it("lpush, rpush, lpop, rpop, lrange, llen", async () => {
    const key = newKey();
    expect(await service.lpop(key, text)).toBeNull();
    expect(await service.rpush(key, "a", "b")).toBe(2);
    expect(await service.lpush(key, "x", "y")).toBe(4);
    expect(await service.lrange(key, 0, -1, text)).toEqual(["y", "x", "a", "b"]);
    expect(await service.llen(key)).toBe(4);
    expect([await service.lpop(key, text), await service.rpop(key, text)]).toEqual(["y", "b"]);
    const before = invalidValues("lpop");
    expect(await service.lpop(key, number)).toBeNull();
    expect(invalidValues("lpop") - before).toBe(1);
    expect(await service.lrange(key, 0, -1, text)).toEqual(["a"]);
  });
});

describe("pipelines and scripts", () => {
  it("a pipeline is one HTTP call, with each command's own result and type", async () => {
    const [a, b] = [newKey(), newKey()];
    const before = currentGateway().stats.snapshot().httpRequests;
    const [, count, thing, members] = await service.pipeline((p) => [
      p.set(a, { title: "t", plays: 1 }),
      p.incr(b),
      p.get(a, track),
      p.smembers(newKey(), number),
    ]);
    expect(currentGateway().stats.snapshot().httpRequests - before).toBe(1);
    expect(thing?.plays).toBe(1);
    expect(count + 1).toBe(2);
    expect(members).toEqual([]);
    expect(await service.pipeline(() => [])).toEqual([]);
    expect(currentGateway().stats.snapshot().httpRequests - before).toBe(1);
  });

  it("an error affects only its own command", async () => {
    const [a, b] = [newKey(), newKey()];
    await service.set(a, "text");
    await expect(service.pipeline((p) => [p.incr(a), p.incr(b)])).rejects.toThrow(/not an integer/);
    expect(await service.get(b, number)).toBe(1);
    const [settled] = await service.pipeline((p) => [Promise.allSettled([p.incr(a), p.incr(b)])]);
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  });

  it("a command added after the pipeline was sent is rejected", async () => {
    const key = newKey();
    const late = service.pipeline((p) => [p.incr(key).then(() => p.incr(key))]);
    await expect(late).rejects.toThrow(/too late/);
    expect(await service.get(key, number)).toBe(1);
  });

  it("a script runs in one call, or two if the server does not know it, and text stays text", async () => {
    const echo = defineScript(
      "echoForTest",
      `return {ARGV[1], redis.call('INCR', KEYS[1])} -- ${randomUUID()}`,
    );
    const key = newKey();
    const response = z.tuple([z.string(), z.number()]);
    const httpCalls = () => currentGateway().stats.snapshot().httpRequests;
    const before = httpCalls();
    expect(await service.script(echo, [key], ["123"], response)).toEqual(["123", 1]);
    expect(httpCalls() - before).toBe(2);
    expect(await service.script(echo, [key], [7], response)).toEqual(["7", 2]);
    expect(httpCalls() - before).toBe(3);
    await expect(service.script(echo, [key], [7], z.string())).rejects.toThrow(RedisUnavailableError);
    expect(service.metrics()["script:echoForTest"]).toMatchObject({ answered: 3, errors: 1 });
  });
});

it("a key of another type is a Redis error without the values sent", async () => {
  const key = newKey();
  await service.set(key, "text");
  const calls = [
    service.hgetall(key, text),
    service.hset(key, { a: "secret value" }),
    service.sadd(key, "secret value"),
    service.zadd(key, { member: "secret value", score: 1 }),
    service.lpush(key, "secret value"),
    service.llen(key),
  ];
  for (const result of await Promise.allSettled(calls)) {
    const { message } = (result as PromiseRejectedResult).reason as Error;
    expect(message).toMatch(/^WRONGTYPE/);
    expect(message).not.toContain("secret");
  }
});

it("ping, isReady, and the underlying client", async () => {
  expect(await service.ping()).toBe("PONG");
  expect(service.isReady()).toBe(true);
  expect(service.getClient()).toBe(redis());
  expect(service.getSubscriber().state()).toEqual({});
});
