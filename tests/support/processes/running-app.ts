import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseEnv } from "node:util";
import { type GuardedProcess, spawnGuarded } from "@/local/process/spawn-guarded";
import { timeZones } from "@/tests/support/stack/time-zones";
import { isHealthy, requireBuild } from "./next-server";
import { shared } from "./shared";

export interface App {
  url: string;
  /** The app's whole environment, with the stack's addresses and secrets. */
  env: Record<string, string>;
}

export interface RunningApp extends App {
  /** Its output so far, line by line. */
  output: readonly string[];
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 150_000;

const createDataFolder = () => mkdtemp(path.join(tmpdir(), "normaldance-e2e-"));

/**
 * Starts the production build with a local stack, as a second `npm run start` does, on a free port and in its own data
 * folder. Needs `npm run build` first. Use the worker's app (worker.ts) where it is enough: starting one takes longer
 * than most tests.
 *
 * @param extra  environment variables to add
 */
export async function startApp(extra: Record<string, string> = {}): Promise<RunningApp> {
  return startAppOn(await shared<string>("folder"), extra);
}

/** @param seeded  the data folder that the run's first start left; the app gets a copy */
export async function startAppOn(seeded: string, extra: Record<string, string>): Promise<RunningApp> {
  requireBuild();
  const dataDir = await createDataFolder();
  await cp(seeded, dataDir, { recursive: true });
  const port = await freeBasePort();
  const url = `http://localhost:${port}`;
  const output: string[] = [];
  const app = await spawnCli("start", { PORT: String(port), DATA_DIR: dataDir, ...extra }, output);
  const stop = async () => {
    await app.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  await waitUntilStarted(app, output, () => isHealthy(url)).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const stackEnv = parseEnv(await readFile(path.join(dataDir, "stack.env"), "utf8")) as Record<
    string,
    string
  >;
  return { url, env: { ...stackEnv, ...extra }, output, stop };
}

/** Starts only the stack on an empty folder and stops it. @returns the folder, which the caller must remove */
export async function seedFolder(): Promise<string> {
  const dataDir = await createDataFolder();
  const output: string[] = [];
  const stack = await spawnCli("stack", { PORT: String(await freeBasePort()), DATA_DIR: dataDir }, output);
  await waitUntilStarted(stack, output, () => output.some((line) => line.includes("Ctrl-C stops")));
  await stack.stop();
  return dataDir;
}

function spawnCli(command: "start" | "stack", env: Record<string, string>, output: string[]) {
  return spawnGuarded({
    command: process.execPath,
    args: ["--import", "tsx", "local/cli.ts", command],
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, LOG_LEVEL: "warn", TZ: timeZones.process },
      ...env,
    },
    graceMs: 20_000,
    onLine: (line) => output.push(line),
  });
}

async function waitUntilStarted(
  { exited }: GuardedProcess,
  output: readonly string[],
  hasStarted: () => Promise<boolean> | boolean,
): Promise<void> {
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await hasStarted())) {
    if (ended || Date.now() > deadline) throw new Error(`the app did not start:\n${output.join("\n")}`);
    await delay(200);
  }
}

/** The stack uses ports up to 20 above the app's. */
const PORT_COUNT = 21;
/** Below the ephemeral ports, any of which an outgoing connection may take. */
const MIN_PORT = 12_000;
const MAX_PORT = 31_000;

export async function freeBasePort(): Promise<number> {
  for (;;) {
    const base = MIN_PORT + Math.floor(Math.random() * (MAX_PORT - MIN_PORT));
    const free = await Promise.all(Array.from({ length: PORT_COUNT }, (_, offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
