import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { Agent, request } from "node:http";
import { cpus } from "node:os";
import path from "node:path";
import { SignJWT } from "jose";
import { newId } from "@/lib/core/ids";
import { spawnGuarded } from "@/local/process/spawn-guarded";
import { startHttpCallMeter } from "@/tests/support/proxies/http-call-meter";
import { startStatementMeter } from "@/tests/support/proxies/statement-meter";
import { freePort } from "@/tests/support/stack/real-postgres";
import { startBackends } from "./backends";
import { table } from "./table";
import type { WorkerCommand, WorkerResult } from "./tasks-protocol";

/**
 * `npm run bench:tasks`: measures the cost of enqueueing, delivering and sweeping guaranteed tasks. Deliveries are
 * signed like QStash's and go over HTTP to the app: the production build where there is one, else its route handlers
 * behind a plain HTTP server; the report says which. Counting and timing are separate runs; timed runs are interleaved,
 * and the report shows medians.
 */

const ROUNDS = Number(process.env.ROUNDS ?? 15);
/** Requests of one turn, and how many are concurrent. */
const DELIVERIES = 300;
const CONCURRENCY = 16;
const TRANSACTIONS = 100;
const TASKS_PER_TRANSACTION = 20;
const DUE_TASKS = 1_000;

const KINDS = ["a message without a signature", "a message with nothing to do", "a guaranteed task"] as const;
type Kind = (typeof KINDS)[number];

const backends = await startBackends();
const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
const key = new TextEncoder().encode(backends.env.QSTASH_CURRENT_SIGNING_KEY);
try {
  // The emulator accepts published messages and does not deliver them: their delivery is not measured.
  await qstash("/v2/flowControl/people/pause");
  const counts = await measureCounts();
  const timings = await measureTimes();
  report(counts, timings);
} finally {
  agent.destroy();
  await backends.stop();
}
process.exit(0);

async function qstash(pathname: string): Promise<void> {
  const response = await fetch(`${backends.env.QSTASH_URL}${pathname}`, {
    method: "POST",
    headers: { authorization: `Bearer ${backends.env.QSTASH_TOKEN}` },
  });
  if (!response.ok) throw new Error(`${pathname}: ${response.status} ${await response.text()}`);
}

interface Worker {
  url: string;
  run(command: WorkerCommand): Promise<WorkerResult>;
  stop(): Promise<void>;
}

async function startWorker(env: Record<string, string>): Promise<Worker> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const worker = fork(path.join(import.meta.dirname, "tasks-worker.ts"), [], {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, ...backends.env, LOG_LEVEL: "silent", APP_URL: url, ...env },
  });
  await nextResult(worker);
  return {
    url,
    run: (command) => {
      const result = nextResult(worker);
      worker.send(command);
      return result;
    },
    stop: async () => {
      if (worker.exitCode !== null) return;
      const ended = once(worker, "exit");
      worker.disconnect();
      await ended;
    },
  };
}

async function nextResult(worker: ChildProcess): Promise<WorkerResult> {
  const aborter = new AbortController();
  const ended = once(worker, "exit", aborter).then(() => Promise.reject(new Error("worker exited")));
  try {
    const [message]: WorkerResult[] = await Promise.race([once(worker, "message", aborter), ended]);
    if (!message) throw new Error("worker sent no result");
    return message;
  } finally {
    ended.catch(() => {});
    aborter.abort();
  }
}

interface Call {
  url: string;
  /** The expected status. */
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Builds requests of a kind, signed before anything is timed. */
async function buildCalls(kind: Kind, { url, run }: Worker, count: number): Promise<Call[]> {
  if (kind === "a message without a signature") {
    // The body is read, and the request is refused.
    const body = JSON.stringify({ queue: "notifications", taskId: newId(), generation: 1 });
    const headers = { "content-type": "application/json" };
    const call: Call = { url: `${url}/api/qstash/notifications`, status: 401, headers, body };
    return Array.from({ length: count }, () => call);
  }
  if (kind === "a message with nothing to do") {
    return Promise.all(
      Array.from({ length: count }, () =>
        signedCall(url, "probe", { queue: "probe", version: 1, payload: { id: newId() } }),
      ),
    );
  }
  const { taskIds } = await run({ do: "await-delivery", count });
  return Promise.all(
    taskIds.map((taskId) =>
      signedCall(url, "notifications", { queue: "notifications", taskId, generation: 1 }),
    ),
  );
}

async function signedCall(base: string, queue: string, message: unknown): Promise<Call> {
  const body = JSON.stringify(message);
  const url = `${base}/api/qstash/${queue}`;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  const signature = await new SignJWT({ body: Buffer.from(digest).toString("base64url") })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer("Upstash")
    .setSubject(url)
    .setIssuedAt()
    .setNotBefore(0)
    .setExpirationTime("5m")
    .sign(key);
  const headers = { "content-type": "application/json", "upstash-signature": signature };
  return { url, status: 200, headers, body };
}

function send(call: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(call.url, { agent, method: "POST", headers: call.headers }, (response) => {
      response.resume();
      response.once("end", () =>
        response.statusCode === call.status
          ? resolve()
          : reject(new Error(`${call.url}: ${response.statusCode}`)),
      );
    });
    sent.once("error", reject);
    sent.end(call.body);
  });
}

/** Sends all calls, `CONCURRENCY` at a time. @returns the total duration (ms) */
async function sendAll(calls: readonly Call[]): Promise<number> {
  const waiting = [...calls];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (let call = waiting.pop(); call; call = waiting.pop()) await send(call);
    }),
  );
  return performance.now() - startedAt;
}

interface Count {
  statements: number;
  qstashCalls: number;
  redisCommands: number;
}

type Counts = Record<Kind | "change" | "change and task" | "many tasks" | "sweep", Count>;

async function measureCounts(): Promise<Counts> {
  const meter = await startStatementMeter(backends.databaseUrl);
  const calls = await startHttpCallMeter(backends.env.QSTASH_URL ?? "");
  const worker = await startWorker({ DATABASE_URL: meter.url, QSTASH_URL: calls.url });
  const count = async (work: () => Promise<unknown>): Promise<Count> => {
    // Work that was deferred after a response counts towards its request.
    await worker.run({ do: "settle" });
    meter.reset();
    calls.reset();
    backends.gateway.stats.reset();
    await work();
    await worker.run({ do: "settle" });
    const { commands } = backends.gateway.stats.snapshot();
    return { statements: meter.statements, qstashCalls: calls.calls, redisCommands: commands };
  };
  const countKind = async (kind: Kind) => {
    const requests = await buildCalls(kind, worker, 1);
    await sendAll(await buildCalls(kind, worker, 1));
    return count(() => sendAll(requests));
  };
  try {
    return {
      "a message without a signature": await countKind("a message without a signature"),
      "a message with nothing to do": await countKind("a message with nothing to do"),
      "a guaranteed task": await countKind("a guaranteed task"),
      change: await count(() => worker.run({ do: "transactions", count: 1, withTask: false })),
      "change and task": await count(() => worker.run({ do: "transactions", count: 1, withTask: true })),
      "many tasks": await count(() => worker.run({ do: "many-tasks", count: TASKS_PER_TRANSACTION })),
      sweep: await (async () => {
        await worker.run({ do: "make-due", count: DUE_TASKS });
        return count(() => worker.run({ do: "sweep" }));
      })(),
    };
  } finally {
    await worker.stop();
    await calls.close();
    await meter.close();
  }
}

interface Timings {
  /** The server that handled the requests. */
  server: string;
  /** Requests per second. */
  rates: Map<Kind, number[]>;
  /** Duration of one transaction (ms). */
  change: number[];
  changeAndTask: number[];
  /** Tasks per second. */
  sweep: number[];
}

async function measureTimes(): Promise<Timings> {
  const worker = await startWorker({});
  const built = await startBuild();
  const target = built ? { ...worker, url: built.url } : worker;
  const timings: Timings = {
    server: built ? "the production build" : "route handlers behind a plain HTTP server",
    rates: new Map(KINDS.map((kind) => [kind, []])),
    ...{ change: [], changeAndTask: [], sweep: [] },
  };
  try {
    for (const kind of KINDS) await sendAll(await buildCalls(kind, target, DELIVERIES));
    for (let round = 0; round < ROUNDS; round += 1) {
      // Another kind starts each round, so that the machine's other load affects all of them. All requests are signed
      // beforehand: on a busy machine an app that was idle during the signing would run faster.
      const kinds = KINDS.map((_, turn) => KINDS[(round + turn) % KINDS.length] ?? KINDS[0]);
      const turns = await Promise.all(
        kinds.map(async (kind) => ({ kind, calls: await buildCalls(kind, target, DELIVERIES) })),
      );
      for (const { kind, calls } of turns) {
        const ms = await sendAll(calls);
        timings.rates.get(kind)?.push(DELIVERIES / (ms / 1_000));
      }
      for (const withTask of round % 2 === 0 ? [false, true] : [true, false]) {
        const { ms } = await worker.run({ do: "transactions", count: TRANSACTIONS, withTask });
        (withTask ? timings.changeAndTask : timings.change).push(ms / TRANSACTIONS);
      }
      await worker.run({ do: "make-due", count: DUE_TASKS });
      const { ms } = await worker.run({ do: "sweep" });
      timings.sweep.push(DUE_TASKS / (ms / 1_000));
    }
    return timings;
  } finally {
    await built?.stop();
    await worker.stop();
  }
}

/** Starts the production build on a free port; null when there is none. */
async function startBuild(): Promise<{ url: string; stop(): Promise<void> } | null> {
  if (!existsSync(".next/BUILD_ID")) return null;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const app = await spawnGuarded({
    command: process.execPath,
    args: ["node_modules/next/dist/bin/next", "start", "-p", String(port), "-H", "127.0.0.1"],
    env: { ...process.env, ...backends.env, NODE_ENV: "production", LOG_LEVEL: "silent", APP_URL: url },
    graceMs: 10_000,
  });
  const deadline = Date.now() + 60_000;
  while (!(await isUp(`${url}/api/health`))) {
    if (Date.now() > deadline) {
      await app.stop();
      throw new Error("production build did not start within 60 s");
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { url, stop: async () => void (await app.stop()) };
}

async function isUp(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function report(counts: Counts, timings: Timings): void {
  const { description } = backends;
  console.log(`${description}; Node ${process.version}; ${cpus().length} cores; median of ${ROUNDS} rounds`);
  console.log();
  console.log(`Deliveries, ${CONCURRENCY} at once, to ${timings.server}:`);
  console.log();
  const noopRate = median(timings.rates.get("a message with nothing to do") ?? []);
  const countCells = ({ statements, qstashCalls, redisCommands }: Count) =>
    [statements, qstashCalls, redisCommands].map(String);
  console.log(
    table([
      ["", "a second", "of doing nothing", "SQL statements", "QStash calls", "Redis commands"],
      ...KINDS.map((kind) => {
        const rate = median(timings.rates.get(kind) ?? []);
        return [
          kind,
          rate.toFixed(0),
          `${((rate / noopRate) * 100).toFixed(0)} %`,
          ...countCells(counts[kind]),
        ];
      }),
    ]),
  );
  console.log();
  console.log("Enqueuing, BEGIN and COMMIT counted:");
  console.log();
  const [change, changeAndTask] = [median(timings.change), median(timings.changeAndTask)];
  console.log(
    table([
      ["", "ms", "to the change alone", "SQL statements", "QStash calls", "Redis commands"],
      ["a change", change.toFixed(2), "1.00 x", ...countCells(counts.change)],
      [
        "a change and a task",
        changeAndTask.toFixed(2),
        `${(changeAndTask / change).toFixed(2)} x`,
        ...countCells(counts["change and task"]),
      ],
      [`${TASKS_PER_TRANSACTION} tasks of one transaction`, "", "", ...countCells(counts["many tasks"])],
    ]),
  );
  console.log();
  const { statements, qstashCalls } = counts.sweep;
  console.log(
    `Sweep: ${median(timings.sweep).toFixed(0)} tasks a second; ${DUE_TASKS} tasks are ${statements} statements and ${qstashCalls} calls`,
  );
}
