import { afterAll, inject } from "vitest";
import { startRedisGateway } from "@/local/redis/gateway";
import { setGateway } from "./gateway";

/**
 * Gives each test file a Redis of its own (a numbered database behind its own gateway), since the views
 * counter keeps some keys that everybody shares, and the environment of the run's stack.
 */
const { env, redisUrl } = inject("stack");

/** Redis has 16; files that run at the same time have different worker ids. */
const database = Number(process.env.VITEST_POOL_ID ?? 1) % 16;
const url = new URL(redisUrl);
url.pathname = `/${database}`;
const token = "test";
const gateway = await startRedisGateway({ port: 0, token, redisUrl: url.toString() });
setGateway(gateway);

Object.assign(process.env, env, {
  NODE_ENV: "test",
  LOG_LEVEL: process.env.LOG_LEVEL ?? "silent",
  UPSTASH_REDIS_REST_URL: gateway.url,
  UPSTASH_REDIS_REST_TOKEN: token,
  // A busy test machine is not an outage; the tests of outages set their own.
  REDIS_TIMEOUT_MS: "5000",
  REDIS_EDGE_TIMEOUT_MS: "5000",
  REDIS_FIRST_CALL_TIMEOUT_MS: "5000",
});

await fetch(gateway.url, {
  method: "POST",
  headers: { authorization: `Bearer ${token}` },
  body: JSON.stringify(["FLUSHDB"]),
});

afterAll(async () => {
  const { disconnectDb } = await import("@/lib/db");
  await disconnectDb();
  await gateway.close();
});
