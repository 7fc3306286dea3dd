import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseEnv } from "node:util";
import { inject } from "vitest";
import { spawnGuarded } from "@/local/process/spawn-guarded";

export interface RunningApp {
  url: string;
  /** Everything the app was given, the stack's addresses and secrets among it. */
  env: Record<string, string>;
  /** What it has printed so far, a line each. */
  output: readonly string[];
  stop(): Promise<void>;
}

const START_LIMIT_MS = 150_000;

const newFolder = () => mkdtemp(path.join(tmpdir(), "normaldance-e2e-"));

/**
 * Starts the production build with a local stack, exactly as `npm run start` does for the second time, on a free port
 * and with a data folder of its own: a copy of what the first start of this run left (tests/support/stack/global-seeded.ts).
 * Needs `npm run build` first.
 *
 * @param extra  as a person would set it in the environment
 */
export async function startApp(extra: Record<string, string> = {}): Promise<RunningApp> {
  const dataDir = await newFolder();
  await cp(inject("seededFolder"), dataDir, { recursive: true });
  return start(dataDir, extra);
}

/** The first start, on an empty folder, and its end. @returns the folder, which is the caller's to remove */
export async function seedFolder(): Promise<string> {
  const dataDir = await newFolder();
  const app = await start(dataDir);
  await app.end();
  return dataDir;
}

async function start(
  dataDir: string,
  extra: Record<string, string> = {},
): Promise<RunningApp & { end(): Promise<void> }> {
  if (!existsSync(".next/BUILD_ID")) throw new Error("There is no build: run `npm run build` first");
  const port = await freeBasePort();
  const url = `http://localhost:${port}`;
  const output: string[] = [];
  const app = await spawnGuarded({
    command: process.execPath,
    args: ["--import", "tsx", "local/cli.ts", "start"],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(port),
      DATA_DIR: dataDir,
      LOG_LEVEL: "warn",
      ...extra,
    },
    graceMs: 20_000,
    onLine: (line) => output.push(line),
  });
  let ended = false;
  void app.exited.then(() => {
    ended = true;
  });
  const stop = async () => {
    await app.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await answers(url))) {
    if (ended || Date.now() > deadline) {
      await stop();
      throw new Error(`the app did not start:\n${output.join("\n")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const stackEnv = parseEnv(await readFile(path.join(dataDir, "stack.env"), "utf8")) as Record<
    string,
    string
  >;
  const end = async () => {
    await app.stop();
  };
  return { url, env: { ...stackEnv, ...extra }, output, stop, end };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(5_000) });
    return response.status === 200;
  } catch {
    return false;
  }
}

/** The stack's other ports stand up to 16 above the app's. */
const PORTS = 18;
/** Below those that the system gives to outgoing connections: one of these may be taken at any moment. */
const LOWEST_PORT = 12_000;
const HIGHEST_PORT = 31_000;

export async function freeBasePort(): Promise<number> {
  for (;;) {
    const base = LOWEST_PORT + Math.floor(Math.random() * (HIGHEST_PORT - LOWEST_PORT));
    const free = await Promise.all(Array.from({ length: PORTS }, (_, above) => isFree(base + above)));
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
