import { afterAll, vi } from "vitest";

/**
 * Gives each test file the environment of its worker's stack, an empty Redis, and its own gateway for counting calls
 * and injecting faults. Runs after fresh-modules.ts, so nothing is imported before.
 */

const { disconnectDb } = await import("@/lib/db");
// The client is on globalThis, and leftover work of the previous file may have opened it again.
await disconnectDb();
// A file may mock modules that this import has loaded.
vi.resetModules();

const { startRedisGateway } = await import("@/local/redis/gateway");
const { setGateway } = await import("./current-gateway");
const { dropPendingUpdates } = await import("@/tests/support/clients/telegram");
const { workerStack } = await import("./worker-stack");

const { env, redisUrl } = workerStack();
const url = new URL(redisUrl);
// Database 1 is flushed, never database 0, which may contain a developer's data.
url.pathname = "/1";
const token = "test";
const gateway = await startRedisGateway({ port: 0, token, redisUrl: url.toString(), strict: true });
setGateway(gateway);

Object.assign(process.env, env, {
  NODE_ENV: "test",
  LOG_LEVEL: process.env.LOG_LEVEL ?? "silent",
  UPSTASH_REDIS_REST_URL: gateway.url,
  UPSTASH_REDIS_REST_TOKEN: token,
  // Longer than the defaults: a busy test machine is not an outage. Tests of outages set their own.
  REDIS_TIMEOUT_MS: "5000",
  REDIS_EDGE_TIMEOUT_MS: "5000",
  REDIS_FIRST_CALL_TIMEOUT_MS: "5000",
  REDIS_STRICT_TIMEOUT_MS: "5000",
  // Tests count calls and statements; those of the metrics flush themselves.
  METRICS_INTERVAL_SECONDS: "0",
});

await fetch(gateway.url, {
  method: "POST",
  headers: { authorization: `Bearer ${token}` },
  body: JSON.stringify(["FLUSHDB"]),
});

afterAll(async () => {
  const { runExitHandlers } = await import("@/lib/core/at-exit");
  // As on a server's exit: streams are closed, and deferred work finishes.
  await runExitHandlers();
  await disconnectDb();
  await gateway.close();
  // A file may have set another address, of a proxy that it has closed.
  await dropPendingUpdates(env.TELEGRAM_API_ROOT ?? "");
});
