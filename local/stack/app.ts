import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { PortTakenError } from "../http/server";
import { hasNoUsers } from "../postgres/migrate";
import { type GuardedProcess, spawnGuarded } from "../process/spawn-guarded";
import { startCrons } from "./crons";
import { toEnvFile } from "./env-file";
import { ensurePrismaClient } from "./prisma-client";
import { displayPath, type Settings } from "./settings";
import { isLoopback, type Stack, startStack } from "./stack";

interface RunAppOptions {
  /** `stack` starts no app. */
  mode: "dev" | "start" | "stack";
  settings: Settings;
}

/** The command line of Next.js. */
const NEXT_CLI = path.resolve("node_modules/next/dist/bin/next");
/** Time between SIGTERM and SIGKILL: the server syncs views before it exits. */
const APP_GRACE_MS = 12_000;

/**
 * Starts the stack and the app as one process tree. The whole tree ends on Ctrl-C, on SIGTERM, when the app
 * exits, and when this process is killed.
 */
export async function runApp({ mode, settings }: RunAppOptions): Promise<void> {
  const print = (message: string) => console.log(`  ${message}`);
  if (mode !== "stack") await assertPortFree(settings.port);
  let stack: Stack | undefined;
  let app: GuardedProcess | undefined;
  let stopCrons: (() => void) | undefined;

  let shuttingDown: Promise<void> | undefined;
  const shutDown = (code: number): Promise<void> => {
    shuttingDown ??= (async () => {
      stopCrons?.();
      await app?.stop();
      await stack?.stop();
      process.exit(code);
    })();
    return shuttingDown;
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (shuttingDown) process.exit(1);
      console.log("\n  Stopping…");
      void shutDown(0);
    });
  }

  onParentExit(() => void shutDown(0));

  console.log("\n  NormalDance\n");
  await ensurePrismaClient(print);
  stack = await startStack({ settings, dataDir: settings.dataDir, ports: "derived", onProgress: print });
  // Variables of this process take precedence, so that each backend can be replaced.
  const env = { ...stack.env, ...definedValues(process.env) };
  const envFile = path.join(settings.dataDir, "stack.env");
  await writeFile(envFile, stackEnvFile(stack, settings), { mode: 0o600 });
  const seeded = await seedIfEmpty(env, print);

  for (const { name, what, url } of stack.backends) print(`${name.padEnd(11)} ${url}  (${what})`);
  if (mode !== "stack") {
    const next = await startNext(mode, settings.port, env);
    app = next;
    void next.exited.then(({ code }) => shutDown(code ?? 1));
    stopCrons = await startCrons({
      appUrl: `http://localhost:${settings.port}`,
      cronSecret: env.CRON_SECRET ?? "",
      onProblem: print,
    });
    print(`${"App".padEnd(11)} http://localhost:${settings.port}`);
  }
  if (mode === "stack") print(`${"Env file".padEnd(11)} ${envFile}`);
  if (seeded) {
    print("");
    print("Accounts    admin@ artist@ listener@normaldance.test, password: normaldance");
  }
  print("");
  print(`Ctrl-C stops everything; npm run reset empties ${displayPath(settings.dataDir)}`);
}

const PARENT_CHECK_INTERVAL_MS = 500;

/** `npm run` starts a shell in between, and a signal to npm ends that shell without signalling this process. */
function onParentExit(callback: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) callback();
  }, PARENT_CHECK_INTERVAL_MS).unref();
}

async function assertPortFree(port: number): Promise<void> {
  const server = createServer();
  server.listen(port);
  try {
    await once(server, "listening");
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "EADDRINUSE"
      ? new PortTakenError(port, "the app")
      : error;
  }
  server.close();
  await once(server, "close");
}

/** @returns whether to print the demo accounts: also true for a local database that already has users */
async function seedIfEmpty(env: Record<string, string>, print: (message: string) => void): Promise<boolean> {
  const url = env.DATABASE_URL;
  if (!url || !isLoopback(url)) return false;
  if (!(await hasNoUsers(url))) return true;
  print("First start: seeding accounts, posts, views and tracks");
  const seed = spawn(process.execPath, ["--import", "tsx", "prisma/seed.ts"], {
    env: { NODE_ENV: "development", ...env, LOG_LEVEL: "warn" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code] = await once(seed, "exit");
  if (code !== 0) throw new Error(`prisma/seed.ts exited with code ${code}`);
  return true;
}

function startNext(
  mode: "dev" | "start",
  port: number,
  env: Record<string, string>,
): Promise<GuardedProcess> {
  return spawnGuarded({
    command: process.execPath,
    args: [NEXT_CLI, mode, "--port", String(port)],
    env: {
      // The first request of a page compiles it, which takes many seconds on a laptop.
      ...(mode === "dev" ? { PAGE_TIMEOUT_MS: "20000" } : {}),
      ...env,
      NODE_ENV: mode === "dev" ? "development" : "production",
      // Leaves SIGTERM to the app, which syncs views before it exits (lib/ops).
      NEXT_MANUAL_SIG_HANDLE: "true",
      NEXT_TELEMETRY_DISABLED: "1",
      ...(process.stdout.isTTY ? { FORCE_COLOR: "1" } : {}),
    },
    graceMs: APP_GRACE_MS,
    onLine: (line, stream) => process[stream].write(`${line}\n`),
  });
}

function definedValues(source: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(source).filter((entry): entry is [string, string] => Boolean(entry[1]?.trim())),
  );
}

/**
 * The stack's environment, for commands that run beside it. REDIS_URL is only in the file, for tools that connect
 * to Redis directly: the app does not read it.
 */
function stackEnvFile({ env, engineUrl }: Stack, { redisUrl }: Settings): string {
  const startedEngine = engineUrl !== "" && redisUrl === undefined;
  const variables = startedEngine ? { ...env, REDIS_URL: engineUrl } : env;
  return `# Written by the local stack, for commands run beside it (npm run views:warm).\n${toEnvFile(variables)}`;
}
