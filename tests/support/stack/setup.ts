import { afterAll, vi } from "vitest";

/**
 * Gives each test file the environment of its worker's stack, an empty Redis, and a gateway of its own, so that it can
 * count calls and put faults in between. Runs after fresh-modules.ts, so nothing is imported before.
 */

const { disconnectDb } = await import("@/lib/db");
// It is kept on globalThis, and work that the file before left behind may have opened it again.
await disconnectDb();
// A file may mock what that import has loaded.
vi.resetModules();

const { startRedisGateway } = await import("@/local/redis/gateway");
const { setGateway } = await import("./current-gateway");
const { workerStack: testStack } = await import("./worker-stack");

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
  const { runExitHandlers: runAtExit } = await import("@/lib/core/at-exit");
  // As a server that ends: streams are closed, and what was deferred is finished.
  await runAtExit();
  await disconnectDb();
  await gateway.close();
});
