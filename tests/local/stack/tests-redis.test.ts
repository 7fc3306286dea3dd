import { afterAll, beforeAll, expect, it } from "vitest";
import { type RedisEngine, startRedisEngine } from "@/local/redis/engine";
import { EngineConnection } from "@/local/redis/engine-connection";
import { parseRedisUrl } from "@/local/redis/redis-address";
import { readConfiguredBackends } from "@/tests/support/stack/configured-backends";
import { emptyRedis, requireEmptyRedis } from "@/tests/support/stack/empty-redis";

/** How `npm run test:real` uses a Redis from the environment. */

let engine: RedisEngine;
beforeAll(async () => {
  engine = await startRedisEngine({ dataDir: "", engine: "embedded" });
});
afterAll(() => engine.stop());

it("reads the same variables as the local stack", () => {
  const real = { REAL_STACK: "1" };
  expect(readConfiguredBackends({ ...real, REDIS_URL: "redis://a:1" }).redisUrl).toBe("redis://a:1");
  expect(readConfiguredBackends({ ...real, REDIS_HOST: "b", REDIS_PORT: "7" }).redisUrl).toBe(
    "redis://b:7/0",
  );
  expect(readConfiguredBackends(real).redisUrl).toBeUndefined();
});

it("refuses a Redis that is not empty and does not change it", async () => {
  await expect(requireEmptyRedis(engine.url)).resolves.toBeUndefined();
  const connection = await EngineConnection.open(parseRedisUrl(engine.url));
  await connection.send(["SET", "somebody:s", "value"]);
  await expect(requireEmptyRedis(engine.url)).rejects.toThrow(/is not empty \(db0 has 1 keys\)/);
  expect(String(await connection.send(["GET", "somebody:s"]))).toBe("value");
  await emptyRedis(engine.url);
  await expect(requireEmptyRedis(engine.url)).resolves.toBeUndefined();
  connection.close();
});
