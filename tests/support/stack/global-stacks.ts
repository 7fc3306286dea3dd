import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { prepareRole } from "@/lib/db/role-settings";
import { startStack } from "@/local/stack/stack";
import { type ConfiguredBackends, readConfiguredBackends } from "./configured-backends";
import { emptyRedis, requireEmptyRedis } from "./empty-redis";
import { type Pooler, startPgBouncer } from "./pgbouncer";
import { postgresSnapshot } from "./postgres-snapshot";
import { freePort, startRealPostgres } from "./real-postgres";
import { timeZones } from "./time-zones";

interface WorkerStack {
  real: boolean;
  redisUrl: string;
  env: Record<string, string>;
}

/**
 * Starts a stack for each worker, on free ports and without persistence: embedded engines, or with REAL_STACK=1 a
 * redis-server and a Postgres, which the integration tests reach through PgBouncer. REDIS_URL (or REDIS_HOST, …) names
 * another Redis, which must be empty, and TEST_DATABASE_URL another Postgres, without PgBouncer; they allow only one
 * worker.
 */
export default async function startWorkerStacks(project: TestProject): Promise<() => Promise<void>> {
  const configured = readConfiguredBackends(process.env);
  // Inherited by the workers, which start later.
  if (configured.real) process.env.TZ = timeZones.process;
  if (configured.real && configured.redisUrl) await requireEmptyRedis(configured.redisUrl);
  const snapshot = configured.real ? undefined : await postgresSnapshot();
  project.provide("postgresSnapshot", snapshot ?? "");
  const started = await Promise.all(
    Array.from({ length: project.config.maxWorkers }, () =>
      startWorkerStack(configured, snapshot, { pooled: project.name === "integration" }),
    ),
  );
  project.provide(
    "stacks",
    started.map(({ stack }) => stack),
  );
  return async () => {
    await Promise.all(started.map(({ stop }) => stop()));
    if (configured.real && configured.redisUrl) await emptyRedis(configured.redisUrl);
  };
}

async function startWorkerStack(
  configured: ConfiguredBackends,
  postgresSnapshot: string | undefined,
  { pooled }: { pooled: boolean },
): Promise<{ stack: WorkerStack; stop(): Promise<void> }> {
  const { real } = configured;
  const postgres = real && !configured.databaseUrl ? await startRealPostgres() : null;
  // First, because PgBouncer keeps the connections that it opens.
  if (postgres && pooled) await prepareRole(postgres.url, postgres.url);
  const pooler: Pooler | null = postgres && pooled ? await startPgBouncer(postgres.url) : null;
  const directUrl = real ? (configured.databaseUrl ?? postgres?.url) : undefined;
  const databaseUrl = pooler?.url ?? directUrl;
  const dataDir = real ? await mkdtemp(path.join(tmpdir(), "normaldance-test-")) : null;
  const stack = await startStack({
    settings: {
      port: await freePort(),
      dataDir: dataDir ?? "",
      databaseUrl,
      directUrl,
      redisUrl: real ? configured.redisUrl : undefined,
      redisEngine: real ? "auto" : "embedded",
      externalRedisRest: false,
      externalQstash: false,
      externalStripe: false,
      externalMail: false,
      externalBlob: false,
      externalChain: true,
    },
    dataDir,
    ports: "free",
    retryScale: 0.001,
    ...(postgresSnapshot ? { postgresSnapshot } : {}),
  });
  if (real && stack.engineKind === "embedded")
    throw new Error("REAL_STACK=1 needs a redis-server or a valkey-server on the PATH, or REDIS_URL");
  return {
    stack: {
      real,
      redisUrl: stack.engineUrl,
      env: {
        ...(databaseUrl && directUrl ? { DATABASE_URL: databaseUrl, DIRECT_URL: directUrl } : {}),
        ...stack.env,
      },
    },
    stop: async () => {
      await stack.stop();
      await pooler?.stop();
      await postgres?.stop();
      if (dataDir) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

declare module "vitest" {
  interface ProvidedContext {
    stacks: WorkerStack[];
    /** Empty with real engines. */
    postgresSnapshot: string;
  }
}
