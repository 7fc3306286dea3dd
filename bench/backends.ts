import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startStack } from "@/local/stack/stack";
import { freePort, startRealPostgres } from "@/tests/support/stack/real-postgres";

export interface Backends {
  /** The report's line about the backends. */
  readonly description: string;
  readonly env: Readonly<Record<string, string>>;
  readonly databaseUrl: string;
  readonly gateway: NonNullable<Awaited<ReturnType<typeof startStack>>["gateway"]>;
  /** The Redis behind the gateway. */
  readonly redisUrl: string;
  stop(): Promise<void>;
}

/** Starts a separate stack for a benchmark: real Postgres and redis-server where installed, else embedded ones. */
export async function startBackends(): Promise<Backends> {
  const postgres = await startRealPostgres().catch(() => null);
  const dataDir = await mkdtemp(path.join(tmpdir(), "normaldance-bench-"));
  const cleanUp = async () => {
    await postgres?.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const stack = await startStack({
      settings: {
        port: await freePort(),
        dataDir,
        databaseUrl: postgres?.url,
        redisUrl: undefined,
        redisEngine: "auto",
        externalRedisRest: false,
        externalQstash: false,
        externalStripe: true,
        externalMail: true,
        externalBlob: true,
        externalChain: true,
      },
      dataDir,
      ports: "free",
      strictRedis: false,
    });
    if (!stack.gateway) throw new Error("the stack has no gateway");
    const databaseUrl = postgres?.url ?? stack.env.DATABASE_URL ?? "";
    // The description begins with the engine's name and version; its missing features follow.
    const redis = stack.backends.find(({ name }) => name === "Redis")?.what.split(";")[0];
    return {
      description: `Redis: ${redis}; Postgres: ${postgres ? "a server, fsync off" : "PGlite, embedded"}`,
      env: { ...stack.env, DATABASE_URL: databaseUrl },
      databaseUrl,
      gateway: stack.gateway,
      redisUrl: stack.engineUrl,
      stop: async () => {
        await stack.stop();
        await cleanUp();
      },
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}
