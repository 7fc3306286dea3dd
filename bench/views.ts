import { cpus } from "node:os";
import { type CommandCounter, openCommandCounter } from "@/local/redis/command-counter";
import { startStatementMeter } from "@/tests/support/proxies/statement-meter";
import { type Backends, startBackends } from "./backends";
import { table } from "./table";
import { WORKLOADS, type WorkerCommand, type WorkerResult, type WorkloadName } from "./views-protocol";
import { type BenchWorker, startBenchWorker } from "./worker";

/**
 * `npm run bench:views`: measures the cost of 100 concurrent views with lib/views and with alternatives, of a sync, and
 * of a feed. Calls are counted at the gateway, commands there and in the engine (Upstash also bills those inside
 * scripts), statements on the wire to Postgres. Counting and timing are separate runs, so that counting does not slow
 * the timed ones; timed runs are interleaved, and the report shows medians.
 */

const ROUNDS = Number(process.env.ROUNDS ?? 15);

type ViewsWorker = BenchWorker<WorkerCommand, WorkerResult>;

interface Cost {
  httpCalls: number;
  commands: number;
  inScripts: number;
  statements: number;
}

const backends = await startBackends();
try {
  const costs = await measureCosts(backends);
  const times = await measureTimes(backends);
  report(costs, times);
} finally {
  await backends.stop();
}

async function measureCosts({ gateway, redisUrl, databaseUrl }: Backends): Promise<Map<WorkloadName, Cost>> {
  const meter = await startStatementMeter(databaseUrl);
  const counter = await openCommandCounter(redisUrl);
  const worker = await startWorker(meter.url);
  const costs = new Map<WorkloadName, Cost>();
  try {
    for (const work of WORKLOADS) {
      await worker.run({ do: "prepare", work });
      gateway.stats.reset();
      meter.reset();
      await counter.reset();
      await worker.run({ do: "run" });
      costs.set(work, await readCost(gateway, counter, meter.statements));
    }
  } finally {
    await worker.stop();
    counter.close();
    await meter.close();
  }
  return costs;
}

async function readCost(
  gateway: Backends["gateway"],
  counter: CommandCounter,
  statements: number,
): Promise<Cost> {
  const { httpRequests, commands } = gateway.stats.snapshot();
  const { total } = await counter.read();
  return { httpCalls: httpRequests, commands, inScripts: total - commands, statements };
}

async function measureTimes({ databaseUrl }: Backends): Promise<Map<WorkloadName, number>> {
  const worker = await startWorker(databaseUrl);
  const times = new Map<WorkloadName, number[]>(WORKLOADS.map((work) => [work, []]));
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      // Another workload starts each round, so that the machine's other load affects all of them.
      for (let turn = 0; turn < WORKLOADS.length; turn += 1) {
        const work = WORKLOADS[(round + turn) % WORKLOADS.length] ?? WORKLOADS[0];
        await worker.run({ do: "prepare", work });
        const { ms } = await worker.run({ do: "run" });
        times.get(work)?.push(ms);
      }
    }
  } finally {
    await worker.stop();
  }
  return new Map([...times].map(([work, values]) => [work, median(values)]));
}

function startWorker(databaseUrl: string): Promise<ViewsWorker> {
  return startBenchWorker("views-worker.ts", {
    ...backends.env,
    DATABASE_URL: databaseUrl,
    REDIS_TIMEOUT_MS: "30000",
    REDIS_FIRST_CALL_TIMEOUT_MS: "30000",
  });
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function report(costs: Map<WorkloadName, Cost>, times: Map<WorkloadName, number>): void {
  const own = times.get("views: lib/views") ?? Number.NaN;
  const lines = WORKLOADS.map((work) => {
    const cost = costs.get(work);
    const ms = times.get(work) ?? Number.NaN;
    const ratio = work.startsWith("views") ? `${(ms / own).toFixed(1)} x` : "";
    const costCells = [cost?.httpCalls, cost?.commands, cost?.inScripts, cost?.statements].map(String);
    return [work, ...costCells, ms.toFixed(1), ratio];
  });
  const head = ["", "HTTP calls", "commands", "in scripts", "SQL statements", "ms", "to lib/views"];
  console.log(
    `${backends.description}; Node ${process.version}; ${cpus().length} cores; median of ${ROUNDS} rounds`,
  );
  console.log();
  console.log(table([head, ...lines]));
  const rate = (views: number, work: WorkloadName) =>
    Math.round((views / (times.get(work) ?? Number.NaN)) * 1_000);
  console.log();
  console.log(
    `Sync: ${rate(10_000, "sync: 10,000 views")} views a second; row by row: ${rate(500, "sync: 500 views, row by row")}`,
  );
}
