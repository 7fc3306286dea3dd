import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type GuardedProcess, spawnGuarded } from "@/local/process/spawn-guarded";
import { freePort } from "@/tests/support/stack/real-postgres";
import { timeZones } from "@/tests/support/stack/time-zones";

export interface NextServer extends GuardedProcess {
  readonly url: string;
}

const NEXT = path.resolve("node_modules/next/dist/bin/next");
const START_LIMIT_MS = 120_000;

/**
 * Starts one server of the production build next to a running stack. Resolves when it responds.
 *
 * @param env  the stack's environment and additions
 * @param port  by default a free one
 */
export async function startNextServer(
  env: Readonly<Record<string, string>>,
  port?: number,
): Promise<NextServer> {
  requireBuild();
  const at = port ?? (await freePort());
  const url = `http://127.0.0.1:${at}`;
  const server = await spawnGuarded({
    command: process.execPath,
    args: [NEXT, "start", "--port", String(at)],
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "production", TZ: timeZones.process },
      ...{ NEXT_TELEMETRY_DISABLED: "1", NEXT_MANUAL_SIG_HANDLE: "true" },
      ...env,
    },
    // On SIGTERM a server syncs views before it exits.
    graceMs: 20_000,
  });
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await isHealthy(url))) {
    if (Date.now() > deadline) throw new Error("a server did not start");
    await delay(50);
  }
  return { ...server, url };
}

/**
 * A stack's environment with another Redis. It drops the stack's longer Redis time limits, so that the server's
 * defaults apply.
 */
export function withRedis(
  stackEnv: Readonly<Record<string, string>>,
  url: string,
  token: string,
): Record<string, string> {
  const limits = ["REDIS_TIMEOUT_MS", "REDIS_EDGE_TIMEOUT_MS"];
  const env = Object.fromEntries(Object.entries(stackEnv).filter(([name]) => !limits.includes(name)));
  return { ...env, UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token };
}

/** @throws when `npm run build` has not been run */
export function requireBuild(): void {
  if (!existsSync(".next/BUILD_ID")) throw new Error("There is no build: run `npm run build` first");
}

/** Whether the app at this URL is healthy. */
export async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}
