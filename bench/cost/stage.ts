import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openCommandCounter } from "@/local/redis/command-counter";
import { type Stack, startStack } from "@/local/stack/stack";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { requireBuild, startNextServer } from "@/tests/support/processes/next-server";
import { freeBasePort } from "@/tests/support/processes/running-app";
import { startStatementMeter } from "@/tests/support/proxies/statement-meter";
import { startRealPostgres } from "@/tests/support/stack/real-postgres";

/** What a piece of work cost. Nothing in it depends on the machine. */
export interface Traffic {
  /** Commands as Upstash bills them: each one that a client sent, and each one that a script ran. */
  billed: number;
  /** `billed` by name. */
  byCommand: Readonly<Record<string, number>>;
  scripts: number;
  calls: number;
  /** SQL, with BEGIN and COMMIT. */
  statements: number;
  /** Messages as QStash's plans count them, repeated attempts included. */
  messages: number;
}

/** The commands that were most, for a row of the table. */
export const mostFrequent = ({ byCommand }: Traffic): string =>
  Object.entries(byCommand)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 5)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");

/** The production build with the seed, on a real Redis behind the gateway and a real Postgres behind a meter. */
export interface Stage {
  readonly url: string;
  /** For a process that uses `lib` itself. */
  readonly env: Readonly<Record<string, string>>;
  readonly stack: Stack;
  readonly description: string;
  /** Starts another instance of the app on the same backends. @returns its address */
  startInstance(): Promise<string>;
  /** Memory that the app's process uses after a garbage collection, in KiB: its heap, and buffers outside it. */
  readMemory(): Promise<number>;
  /** Runs the work and counts until neither backend is asked for {@link QUIET_MS}. */
  measure(work: () => Promise<unknown>): Promise<Traffic>;
  /** Counts what happens during the work, and nothing after it. */
  measureDuring(work: () => Promise<unknown>): Promise<Traffic>;
  /** Resolves when neither backend has been asked for some seconds. */
  waitForQuiet(): Promise<void>;
  /** Resolves when what a page requests for later, such as the sync of its views, is done too. */
  waitForFollowUp(): Promise<void>;
  stop(): Promise<void>;
}

/** Longer than the delays with which a page reacts to its stream, shorter than the pause between two heartbeats. */
const QUIET_MS = 4_000;
/** The seed's tracks are transcoded after the start, which takes minutes on a busy machine. */
const QUIET_LIMIT_MS = 20 * 60_000;
/** `SOUND=no` seeds no tracks, so that the start does not wait for them. */
const HAS_SOUND = process.env.SOUND !== "no";
/** Longer than a quiet post's first view waits for its sync. */
const FOLLOW_UP_MS = 45_000;
const POLL_MS = 200;

const SCRIPT_COMMANDS = ["EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO"];

/** @throws when there is no build, or no Redis or Postgres on this machine */
export async function startStage(): Promise<Stage> {
  requireBuild();
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const stopPart of stops.splice(0).reverse()) await stopPart();
  };
  try {
    const dataDir = await mkdtemp(path.join(tmpdir(), "normaldance-bench-"));
    stops.push(() => rm(dataDir, { recursive: true, force: true }));
    const postgres = await startRealPostgres();
    stops.push(postgres.stop);
    const port = await freeBasePort();
    const stack = await startStack({
      settings: {
        ...{ port, dataDir, databaseUrl: postgres.url, redisUrl: undefined, redisEngine: "auto" },
        ...{ externalRedisRest: false, externalQstash: false, externalStripe: false, externalMail: false },
        ...{ externalBlob: !HAS_SOUND, externalChain: true, externalTelegram: true },
      },
      ...{ dataDir, ports: "free", strictRedis: false },
    });
    stops.push(stack.stop);
    if (stack.engineKind !== "server") throw new Error("commands are counted by a redis-server on the PATH");
    await seed({ ...stack.env, DATABASE_URL: postgres.url });
    const meter = await startStatementMeter(postgres.url);
    stops.push(meter.close);
    const counter = await openCommandCounter(stack.engineUrl);
    stops.push(async () => counter.close());
    // A flush of the metrics, once a minute, would count for the page that happens to be open.
    const settings = { TRUST_PROXY: "1", LOG_LEVEL: "error", METRICS_INTERVAL_SECONDS: "0" };
    const env = { ...stack.env, DATABASE_URL: postgres.url, ...settings };
    const memoryFile = path.join(dataDir, "memory");
    const instanceEnv = { ...env, DATABASE_URL: meter.url };
    const app = await startNextServer(
      {
        ...{ ...instanceEnv, MEMORY_REPORT_FILE: memoryFile },
        NODE_OPTIONS: `--import ${new URL("report-memory.mjs", import.meta.url).href}`,
      },
      port,
    );
    stops.push(app.stop);

    const readTotals = async () => ({
      ...{ calls: stack.gateway?.stats.snapshot().httpRequests ?? 0, statements: meter.statements },
      messages: stack.qstash?.stats().today ?? 0,
    });
    const waitForQuiet = async () => {
      const deadline = Date.now() + QUIET_LIMIT_MS;
      let last = "";
      for (let quietSince = Date.now(); Date.now() - quietSince < QUIET_MS; await delay(POLL_MS)) {
        const inFlight = stack.qstash?.stats().inFlight ?? 0;
        const now = JSON.stringify(await readTotals());
        if (now !== last || inFlight > 0) quietSince = Date.now();
        last = now;
        if (Date.now() > deadline) throw new Error("the app does not become quiet");
      }
    };
    const measureDuring = async (work: () => Promise<unknown>): Promise<Traffic> => {
      await counter.reset();
      const before = await readTotals();
      const redisBefore = stack.gateway?.stats.snapshot().byCommand ?? {};
      await work();
      const { total, byCommand } = await counter.read();
      const after = await readTotals();
      const sent = stack.gateway?.stats.snapshot().byCommand ?? {};
      return {
        ...{ billed: total, byCommand },
        scripts: SCRIPT_COMMANDS.reduce((sum, name) => sum + (sent[name] ?? 0) - (redisBefore[name] ?? 0), 0),
        calls: after.calls - before.calls,
        statements: after.statements - before.statements,
        messages: after.messages - before.messages,
      };
    };
    await waitForQuiet();
    return {
      ...{ url: `http://localhost:${port}`, env, stack, waitForQuiet, measureDuring, stop },
      startInstance: async () => {
        const instance = await startNextServer(instanceEnv);
        stops.push(instance.stop);
        return instance.url;
      },
      readMemory: () => readMemory(app.pid, memoryFile),
      description: `Redis: ${stack.backends.find(({ name }) => name === "Redis")?.what.split(";")[0]}; Postgres: a server; Node ${process.version}`,
      waitForFollowUp: async () => {
        await delay(FOLLOW_UP_MS);
        await waitForQuiet();
      },
      measure: async (work) => {
        await waitForQuiet();
        return measureDuring(async () => {
          await work();
          await waitForQuiet();
        });
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @see report-memory.mjs */
async function readMemory(pid: number, file: string): Promise<number> {
  await rm(file, { force: true });
  process.kill(pid, "SIGUSR2");
  await waitUntil("memory report", () => existsSync(file));
  return Math.round(Number(await readFile(file, "utf8")) / 1024);
}

async function seed(env: Record<string, string>): Promise<void> {
  const seeding = spawn(process.execPath, ["--import", "tsx", "prisma/seed.ts"], {
    env: { ...process.env, ...env, NODE_ENV: "development", LOG_LEVEL: "warn" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await once(seeding, "exit");
  if (code !== 0) throw new Error(`prisma/seed.ts exited with code ${code}`);
}
