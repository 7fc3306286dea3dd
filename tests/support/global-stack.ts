import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { startStack } from "@/local/stack/stack";
import { freePort, startRealPostgres } from "./real-postgres";

interface TestStack {
  real: boolean;
  redisUrl: string;
  env: Record<string, string>;
}

/**
 * A stack for each worker of the run, on free ports and with nothing kept: embedded engines, or with REAL_STACK=1
 * a redis-server and a Postgres started for it (or TEST_REDIS_URL, TEST_DATABASE_URL, which one worker uses alone).
 */
export default async function startForTests(project: TestProject): Promise<() => Promise<void>> {
  const started = await Promise.all(Array.from({ length: project.config.maxWorkers }, startOne));
  project.provide(
    "stacks",
    started.map(({ stack }) => stack),
  );
  return async () => {
    await Promise.all(started.map(({ stop }) => stop()));
  };
}

async function startOne(): Promise<{ stack: TestStack; stop(): Promise<void> }> {
  const real = process.env.REAL_STACK === "1";
  const postgres = real && !process.env.TEST_DATABASE_URL ? await startRealPostgres() : null;
  const dataDir = real ? await mkdtemp(path.join(tmpdir(), "normaldance-test-")) : null;
  const stack = await startStack({
    settings: {
      port: await freePort(),
      dataDir: dataDir ?? "",
      databaseUrl: real ? (process.env.TEST_DATABASE_URL ?? postgres?.url) : undefined,
      redisUrl: real ? process.env.TEST_REDIS_URL : undefined,
      redisEngine: real ? "auto" : "embedded",
      ownRedisRest: false,
      ownQstash: false,
      ownStripe: false,
      ownMail: false,
      ownBlob: false,
    },
    dataDir,
    ports: "free",
    retryScale: 0.001,
  });
  if (real && stack.engineKind === "embedded")
    throw new Error("REAL_STACK=1 needs a redis-server on the PATH or TEST_REDIS_URL");
  return {
    stack: {
      real,
      redisUrl: stack.engineUrl,
      env: {
        ...(postgres ? { DATABASE_URL: postgres.url } : {}),
        ...(process.env.TEST_DATABASE_URL ? { DATABASE_URL: process.env.TEST_DATABASE_URL } : {}),
        ...stack.env,
      },
    },
    stop: async () => {
      await stack.stop();
      await postgres?.stop();
      if (dataDir) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

declare module "vitest" {
  interface ProvidedContext {
    stacks: TestStack[];
  }
}
