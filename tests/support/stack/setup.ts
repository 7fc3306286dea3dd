import { afterAll, vi } from "vitest";

/**
 * Gives each test file modules and an environment of its own, the environment of its worker's stack, an empty Redis,
 * and a gateway of its own, so that it can count calls and put faults in between.
 *
 * The files of a worker share its process. Modules of the project are evaluated anew for each file, so nothing that
 * one file left in a module's memory reaches the next; libraries are not.
 */
vi.resetModules();
restoreEnvironment();

const { disconnectDb } = await import("@/lib/db");
// It is kept on globalThis, and work that the file before left behind may have opened it again.
await disconnectDb();

const { startRedisGateway } = await import("@/local/redis/gateway");
const { setGateway } = await import("./gateway");
const { testStack } = await import("./test-stack");

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
  const { runAtExit } = await import("@/lib/core/at-exit");
  // As a server that ends: streams are closed, and what was deferred is finished.
  await runAtExit();
  await disconnectDb();
  await gateway.close();
});

/** A test file changes the process's environment as it likes; the next begins with what the first began with. */
function restoreEnvironment(): void {
  const holder = globalThis as { environmentOfFirstFile?: NodeJS.ProcessEnv };
  holder.environmentOfFirstFile ??= { ...process.env };
  for (const name of Object.keys(process.env)) {
    if (!(name in holder.environmentOfFirstFile)) delete process.env[name];
  }
  Object.assign(process.env, holder.environmentOfFirstFile);
}
