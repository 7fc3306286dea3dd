import { afterAll } from "vitest";
import { startRedisGateway } from "@/local/redis/gateway";
import { setGateway } from "./gateway";
import { testStack } from "./test-stack";

/**
 * Gives each test file the environment of its worker's stack, an empty Redis, and a gateway of its own, so that it can
 * count calls and put faults in between.
 */
const { env, redisUrl } = testStack();

const url = new URL(redisUrl);
// It is flushed: not the one that a developer's data would be in.
url.pathname = "/1";
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
