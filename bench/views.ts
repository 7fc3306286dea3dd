import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import path from "node:path";
import { type CommandCounter, openCommandCounter } from "@/local/redis/command-counter";
import { startStatementMeter } from "@/tests/support/proxies/statement-meter";
import { type Backends, startBackends } from "./backends";
import { type Answer, type Order, WORK, type WorkName } from "./views-protocol";

/**
 * `npm run bench:views`: what 100 concurrent views cost here and done otherwise, what a sync costs, and what
 * a feed costs. Calls are counted at the gateway, commands there and in the engine (Upstash bills those
 * inside scripts too), statements on the wire to Postgres. Counting and timing are separate runs, so that
 * counting slows nothing down; timed runs take turns, and the median is shown.
 */

const ROUNDS = Number(process.env.ROUNDS ?? 15);

interface Cost {
  httpCalls: number;
  commands: number;
  inScripts: number;
  statements: number;
}

const backends = await startBackends();
try {
  const costs = await countAll(backends);
  const times = await timeAll(backends);
  report(costs, times);
} finally {
  await backends.stop();
}

async function countAll({ gateway, redisUrl, databaseUrl }: Backends): Promise<Map<WorkName, Cost>> {
  const meter = await startStatementMeter(databaseUrl);
  const counter = await openCommandCounter(redisUrl);
  const worker = await startWorker(meter.url);
  const costs = new Map<WorkName, Cost>();
  try {
    for (const work of WORK) {
      await tell(worker, { do: "prepare", work });
      gateway.stats.reset();
      meter.reset();
      await counter.reset();
      await tell(worker, { do: "run" });
      costs.set(work, await read(gateway, counter, meter.statements));
    }
  } finally {
    await stop(worker);
    counter.close();
    await meter.close();
  }
  return costs;
}

async function read(
  gateway: Backends["gateway"],
  counter: CommandCounter,
  statements: number,
): Promise<Cost> {
  const { httpRequests, commands } = gateway.stats.snapshot();
  const { total } = await counter.read();
  return { httpCalls: httpRequests, commands, inScripts: total - commands, statements };
}

async function timeAll({ databaseUrl }: Backends): Promise<Map<WorkName, number>> {
  const worker = await startWorker(databaseUrl);
  const times = new Map<WorkName, number[]>(WORK.map((work) => [work, []]));
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      // Another one begins each round: whatever the machine does meanwhile hits all of them.
      for (let turn = 0; turn < WORK.length; turn += 1) {
        const work = WORK[(round + turn) % WORK.length] ?? WORK[0];
        await tell(worker, { do: "prepare", work });
        const { ms } = await tell(worker, { do: "run" });
        times.get(work)?.push(ms);
      }
    }
  } finally {
    await stop(worker);
  }
  return new Map([...times].map(([work, values]) => [work, median(values)]));
}

async function startWorker(databaseUrl: string): Promise<ChildProcess> {
  const worker = fork(path.join(import.meta.dirname, "views-worker.ts"), [], {
    execArgv: ["--import", "tsx"],
    env: {
      ...process.env,
      ...backends.env,
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: "silent",
      REDIS_TIMEOUT_MS: "30000",
      REDIS_FIRST_CALL_TIMEOUT_MS: "30000",
    },
  });
  await answer(worker);
  return worker;
}

async function tell(worker: ChildProcess, order: Order): Promise<Answer> {
  const answered = answer(worker);
  worker.send(order);
  return answered;
}

async function answer(worker: ChildProcess): Promise<Answer> {
  const aborter = new AbortController();
  const ended = once(worker, "exit", aborter).then(() => Promise.reject(new Error("the worker ended")));
  try {
    const [message]: Answer[] = await Promise.race([once(worker, "message", aborter), ended]);
    if (!message) throw new Error("the worker said nothing");
    return message;
  } finally {
    ended.catch(() => {});
    aborter.abort();
  }
}

async function stop(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null) return;
  const ended = once(worker, "exit");
  worker.disconnect();
  await ended;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function report(costs: Map<WorkName, Cost>, times: Map<WorkName, number>): void {
  const own = times.get("views: lib/views") ?? Number.NaN;
  const lines = WORK.map((work) => {
    const cost = costs.get(work);
    const ms = times.get(work) ?? Number.NaN;
    const ratio = work.startsWith("views") ? `${(ms / own).toFixed(1)} x` : "";
    const counted = [cost?.httpCalls, cost?.commands, cost?.inScripts, cost?.statements].map(String);
    return [work, ...counted, ms.toFixed(1), ratio];
  });
  const head = ["", "HTTP calls", "commands", "in scripts", "SQL statements", "ms", "to lib/views"];
  console.log(
    `${backends.description}; Node ${process.version}; ${cpus().length} cores; median of ${ROUNDS} rounds`,
  );
  console.log();
  console.log(table([head, ...lines]));
  const rate = (views: number, work: WorkName) =>
    Math.round((views / (times.get(work) ?? Number.NaN)) * 1_000);
  console.log();
  console.log(
    `Sync: ${rate(10_000, "sync: 10,000 views")} views a second; row by row: ${rate(500, "sync: 500 views, row by row")}`,
  );
}

function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (row: string[]) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(rows[0] ?? []), rule, ...rows.slice(1).map(line)].join("\n");
}
