import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import path from "node:path";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { startBackends } from "./backends";
import { CONTESTANTS, type ContestantName, type WorkerCommand, type WorkerResult } from "./cache-protocol";
import { table } from "./table";

/**
 * `npm run bench:cache`: measures how often a loader is called when four processes miss concurrently, the cost of a hit
 * in memory and of reading 50 keys, and the behaviour without Redis, for lib/cache and other libraries. Their runs are
 * interleaved. Calls and commands are counted at the gateway.
 */

const ROUNDS = Number(process.env.ROUNDS ?? 15);
const PROCESSES = 4;
const HITS_PER_TURN = 5_000;
const KEYS_PER_READ = 50;
/** Cold keys that are read one after another without Redis: enough to open a circuit breaker. */
const MISS_COUNT = 6;

interface Figures {
  loads: number[];
  stampedeMs: number[];
  hitUs: number[];
  httpCalls: number;
  commands: number;
  refuse: WorkerResult;
  hang: WorkerResult;
}

const backends = await startBackends();
const startedWorkers: ChildProcess[] = [];
try {
  const proxy = await startFaultProxy({ host: "127.0.0.1", port: backends.gateway.port });
  const figures = new Map<ContestantName, Figures>();
  const workers = await Promise.all(Array.from({ length: PROCESSES }, () => startWorker()));
  const [first] = workers;
  if (!first) throw new Error("no worker");
  for (const name of CONTESTANTS) figures.set(name, await measureReadMany(name, first));
  await runInterleaved(async (name, round) => {
    const key = `stampede-${round}-${name}`;
    const startedAt = performance.now();
    const results = await Promise.all(
      workers.map((worker) => runCommand(worker, { do: "stampede", name, key })),
    );
    const own = figures.get(name);
    own?.stampedeMs.push(performance.now() - startedAt);
    own?.loads.push(results.reduce((sum, { loads }) => sum + loads, 0));
  });
  await runInterleaved(async (name) => {
    const { ms } = await runCommand(first, { do: "hits", name, count: HITS_PER_TURN });
    figures.get(name)?.hitUs.push(((ms[0] ?? Number.NaN) * 1_000) / HITS_PER_TURN);
  });
  const url = `http://127.0.0.1:${proxy.port}`;
  for (const mode of ["refuse", "hang"] as const) {
    await proxy.set("pass");
    // Each runs in its own process that has reached Redis before, concurrently, since most of the time is waiting.
    const own = await Promise.all(
      CONTESTANTS.map(async (name) => {
        const worker = await startWorker(url);
        await runCommand(worker, { do: "hits", name, count: 1 });
        return { name, worker };
      }),
    );
    await proxy.set(mode);
    await Promise.all(
      own.map(async ({ name, worker }) => {
        const keys = Array.from({ length: MISS_COUNT }, (_, index) => `${mode}-${index}`);
        const result = await runCommand(worker, { do: "misses", name, keys });
        const found = figures.get(name);
        if (found) found[mode] = result;
      }),
    );
  }
  await proxy.close();
  report(figures);
} finally {
  for (const worker of startedWorkers) worker.kill();
  await backends.stop();
}

/** Also opens each contestant's connections and loads its scripts before anything is timed. */
async function measureReadMany(name: ContestantName, worker: ChildProcess): Promise<Figures> {
  const keys = Array.from({ length: KEYS_PER_READ }, (_, index) => `many-${index}`);
  await runCommand(worker, { do: "write", name, keys });
  await runCommand(worker, { do: "readMany", name, keys: keys.slice(0, 1) });
  backends.gateway.stats.reset();
  await runCommand(worker, { do: "readMany", name, keys });
  const { httpRequests: httpCalls, commands } = backends.gateway.stats.snapshot();
  const none: WorkerResult = { loads: 0, ms: [], errors: 0 };
  return { loads: [], stampedeMs: [], hitUs: [], httpCalls, commands, refuse: none, hang: none };
}

async function runInterleaved(work: (name: ContestantName, round: number) => Promise<void>): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    // Another contestant starts each round, so that the machine's other load affects all of them.
    for (let turn = 0; turn < CONTESTANTS.length; turn += 1) {
      await work(CONTESTANTS[(round + turn) % CONTESTANTS.length] ?? CONTESTANTS[0], round);
    }
  }
}

async function startWorker(redisUrl?: string): Promise<ChildProcess> {
  const worker = fork(path.join(import.meta.dirname, "cache-worker.ts"), [], {
    execArgv: ["--import", "tsx"],
    env: {
      ...process.env,
      ...backends.env,
      LOG_LEVEL: "silent",
      ...(redisUrl
        ? // The app's default time limits, not those of a local stack.
          { UPSTASH_REDIS_REST_URL: redisUrl, REDIS_TIMEOUT_MS: "", REDIS_FIRST_CALL_TIMEOUT_MS: "" }
        : { REDIS_TIMEOUT_MS: "30000", REDIS_FIRST_CALL_TIMEOUT_MS: "30000" }),
    },
  });
  startedWorkers.push(worker);
  await once(worker, "message");
  return worker;
}

async function runCommand(worker: ChildProcess, command: WorkerCommand): Promise<WorkerResult> {
  const aborter = new AbortController();
  const ended = once(worker, "exit", aborter).then(() =>
    Promise.reject(new Error(`worker exited: ${command.name}`)),
  );
  const result = once(worker, "message", aborter);
  worker.send(command);
  try {
    const [message] = (await Promise.race([result, ended])) as [WorkerResult];
    return message;
  } finally {
    ended.catch(() => {});
    aborter.abort();
  }
}

function report(figures: Map<ContestantName, Figures>): void {
  const own = median(figures.get("lib/cache")?.hitUs ?? []);
  console.log(
    `${backends.description}; Node ${process.version}; ${cpus().length} cores; ${ROUNDS} rounds, medians\n`,
  );
  const rows = [...figures].map(([name, each]) => [
    name,
    formatRange(each.loads),
    median(each.stampedeMs).toFixed(0),
    median(each.hitUs).toFixed(1),
    (median(each.hitUs) / own).toFixed(1),
    String(each.httpCalls),
    String(each.commands),
    formatWaits(each.refuse),
    formatWaits(each.hang),
  ]);
  const head = [
    "",
    "loader calls",
    "ms",
    "hit µs",
    "to lib/cache",
    "HTTP calls",
    "commands",
    "refused",
    "hung",
  ];
  console.log(table([head, ...rows]));
}

/** Longest of the first three calls, the last call, and what the callers got. */
function formatWaits({ ms, loads, errors }: WorkerResult): string {
  const time = (value: number) =>
    value < 1_000 ? `${value.toFixed(value < 10 ? 1 : 0)} ms` : `${(value / 1_000).toFixed(1)} s`;
  const errorText = errors > 0 ? `, ${errors} errors` : "";
  return `${time(Math.max(...ms.slice(0, 3)))} / ${time(ms.at(-1) ?? Number.NaN)}, ${loads} loaded${errorText}`;
}

function formatRange(values: number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? String(least) : `${least} to ${most}`;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
