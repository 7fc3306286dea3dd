import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser } from "playwright-core";
import { type Stack, startStack } from "@/local/stack/stack";
import { type FaultProxy, startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { type HttpBalancer, startHttpBalancer } from "@/tests/support/proxies/http-balancer";
import { freePort, type RealPostgres, startRealPostgres } from "@/tests/support/stack/real-postgres";
import { type NextServer, requireBuild, startNextServer } from "./next-server";
import { freeBasePort } from "./running-app";

/** Several instances of the production build behind one address, on a real Redis and a real Postgres. */
export interface Cluster {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  readonly postgres: RealPostgres;
  readonly proxy: HttpBalancer;
  /** Proxy between the instances and Redis; cutting it makes Redis unavailable. */
  readonly toRedis: FaultProxy;
  readonly instances: readonly ClusterInstance[];
  /** Deletes all keys of all databases (FLUSHALL). */
  emptyRedis(): Promise<void>;
  redis(command: (string | number)[]): Promise<unknown>;
  /** Open Redis subscriptions of all instances together. */
  subscriptions(): number;
  /** HTTP calls and commands that all instances have sent to Redis. */
  redisCost(): { calls: number; commands: number };
  stop(): Promise<void>;
}

/** Resolves with a shared cluster when no other test uses it and its Redis is empty. */
export type TakeCluster = () => Promise<{ cluster: Cluster; browser: Browser }>;

export interface ClusterInstance {
  readonly url: string;
  readonly pid: number;
  /** Kills it with SIGKILL. Resolves when it has exited. */
  kill(): Promise<void>;
  /** Resolves when it responds. @param failpoint  where it kills itself */
  start(failpoint?: string): Promise<void>;
  /** Resolves when it has exited without `kill()`. */
  ended(): Promise<void>;
}

/** @param extra  environment variables to add */
export async function startCluster(count: number, extra: Record<string, string> = {}): Promise<Cluster> {
  requireBuild();
  const dataDir = await mkdtemp(path.join(tmpdir(), "normaldance-cluster-"));
  const port = await freeBasePort();
  const postgres = await startRealPostgres();
  const stack = await startStack({
    settings: {
      ...{ port, dataDir, databaseUrl: postgres.url, redisUrl: undefined, redisEngine: "auto" },
      ...{
        externalRedisRest: false,
        externalQstash: false,
        externalStripe: false,
        externalMail: false,
        externalBlob: false,
        externalChain: true,
      },
    },
    dataDir,
    ports: "free",
    retryScale: 0.01,
  });
  if (stack.engineKind === "embedded") throw new Error("a cluster needs a redis-server on the PATH");
  const gateway = new URL(stack.env.UPSTASH_REDIS_REST_URL ?? "");
  const [proxy, toRedis] = await Promise.all([
    startHttpBalancer(port),
    startFaultProxy({ host: "127.0.0.1", port: Number(gateway.port) }),
  ]);
  const env = {
    ...stack.env,
    // Tests count calls; those of the metrics flush themselves.
    METRICS_INTERVAL_SECONDS: "0",
    DATABASE_URL: postgres.url,
    UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${toRedis.port}`,
    LOG_LEVEL: "error",
    TRUST_PROXY: "1",
    ...extra,
  };
  const instances = await Promise.all(Array.from({ length: count }, () => startInstance(env, proxy)));
  const redis = (command: (string | number)[]) => sendRedisCommand(stack, command);
  return {
    ...{ url: proxy.url, env, postgres, proxy, toRedis, instances, redis },
    subscriptions: () => stack.gateway?.stats.snapshot().openStreams ?? 0,
    redisCost: () => {
      const { httpRequests = 0, commands = 0 } = stack.gateway?.stats.snapshot() ?? {};
      return { calls: httpRequests, commands };
    },
    emptyRedis: async () => {
      await redis(["FLUSHALL"]);
    },
    stop: async () => {
      await Promise.all(instances.map((instance) => instance.kill()));
      await Promise.all([proxy.close(), toRedis.close()]);
      await stack.stop();
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function startInstance(env: Record<string, string>, proxy: HttpBalancer): Promise<ClusterInstance> {
  const port = await freePort();
  let running: NextServer | undefined;
  let detach = () => {};
  const instance = {
    url: `http://127.0.0.1:${port}`,
    get pid() {
      return running?.pid ?? 0;
    },
    start: async (failpoint?: string) => {
      running = await startNextServer({ ...env, ...(failpoint ? { FAILPOINT: failpoint } : {}) }, port);
      detach = proxy.add(port);
    },
    kill: async () => {
      detach();
      if (!running) return;
      try {
        process.kill(-running.pid, "SIGKILL");
      } catch {
        // It has already exited.
      }
      await running.exited;
    },
    ended: async () => {
      await running?.exited;
      detach();
    },
  };
  await instance.start();
  return instance;
}

/** Sends a command directly to the gateway, past the proxy. */
async function sendRedisCommand({ env, gateway }: Stack, command: (string | number)[]): Promise<unknown> {
  const response = await fetch(gateway?.url ?? "", {
    method: "POST",
    headers: { authorization: `Bearer ${env.UPSTASH_REDIS_REST_TOKEN}` },
    body: JSON.stringify(command),
  });
  const { result, error } = (await response.json()) as { result?: unknown; error?: string };
  if (error) throw new Error(error);
  return result;
}
