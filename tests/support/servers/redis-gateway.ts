import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis } from "@upstash/redis";
import { afterEach, beforeEach } from "vitest";
import { type RedisEngine, startRedisEngine } from "@/local/redis/engine";
import { type RedisGateway, type RedisGatewayOptions, startRedisGateway } from "@/local/redis/gateway";

export const TOKEN = "full-token";
export const READ_ONLY_TOKEN = "read-only-token";

/** With REAL_STACK=1 the tests use an available Redis, else the embedded engine, which needs no installation. */
export const real = process.env.REAL_STACK === "1";

/** Whether a redis-server is on the PATH, for tests that need one. */
export const hasRedisServer = (process.env.PATH ?? "")
  .split(path.delimiter)
  .some((folder) => existsSync(path.join(folder, "redis-server")));

export interface TestGateway {
  readonly engine: RedisEngine;
  readonly gateway: RedisGateway;
  /** An SDK client without retries. */
  readonly redis: Redis;
  /** Sends a request, by default with the full token. */
  rest(path: string, init?: RequestInit): Promise<Response>;
  /** Sends a POST with a JSON body; resolves with the status and the parsed response. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Starts an engine and a gateway for one test file. */
export async function startTestGateway(options: Partial<RedisGatewayOptions> = {}): Promise<TestGateway> {
  const folder = await temporaryFolder();
  const engine = await startRedisEngine({
    dataDir: folder.path,
    redisUrl: process.env.REDIS_URL,
    engine: real ? "auto" : "embedded",
  });
  const gateway = await startRedisGateway({
    port: 0,
    token: TOKEN,
    readOnlyToken: READ_ONLY_TOKEN,
    redisUrl: engine.url,
    ...options,
  });
  const rest = (route: string, init: RequestInit = {}) =>
    fetch(gateway.url + route, { ...init, headers: { authorization: `Bearer ${TOKEN}`, ...init.headers } });
  return {
    engine,
    gateway,
    redis: client(gateway),
    rest,
    post: async (route, body, headers) => {
      const response = await rest(route, { method: "POST", body: JSON.stringify(body), headers });
      return { status: response.status, body: await response.json() };
    },
    close: async () => {
      await gateway.close();
      await engine.stop();
      await folder.remove();
    },
  };
}

/** An SDK client without retries. */
export function client(gateway: RedisGateway, token = TOKEN): Redis {
  return new Redis({ url: gateway.url, token, retry: false, enableTelemetry: false });
}

export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), "redis-gateway-"));
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface TestFolder {
  /** Of the running test. */
  readonly path: string;
  /** Adds what ends after the test, the last first; the folder is removed after all. */
  afterTest(cleanup: () => Promise<unknown>): void;
}

/** Gives each test of a file a folder of its own. */
export function folderPerTest(): TestFolder {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let cleanups: (() => Promise<unknown>)[];
  beforeEach(async () => {
    folder = await temporaryFolder();
    cleanups = [folder.remove];
  });
  afterEach(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });
  return {
    get path() {
      return folder.path;
    },
    afterTest: (cleanup) => cleanups.push(cleanup),
  };
}

/** A key that no other test uses. */
export function newKey(): string {
  return `test:${randomUUID()}`;
}

/** Waits until `condition` holds, checking every few milliseconds. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 100_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not true within ${timeoutMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
