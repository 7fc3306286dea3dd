import { cpus } from "node:os";
import { EngineConnection } from "@/local/redis/engine-connection";
import { parseRedisUrl } from "@/local/redis/redis-address";
import { startBackends } from "./backends";
import type { BacklogCommand, BacklogResult } from "./views-backlog-worker";
import { startBenchWorker } from "./worker";

/**
 * The second part of `npm run bench:views`: what a hot post costs. A claim with 1,000 and with 1,000,000 views waiting;
 * how fast a backlog is recorded and drained; and how many views a second are recorded and synced at the same time.
 * Redis' own time is that of its scripts, from its statistics.
 */

/** Views of the backlog, `BACKLOG` in the environment. */
const BACKLOG = Number(process.env.BACKLOG ?? 1_000_000);
const FEW_WAITING = 1_000;
const MAX_USERS = 1_000_000;
const CLAIM_ROUNDS = 15;
const SUSTAINED_SECONDS = 20;

const backends = await startBackends();
const engine = await EngineConnection.open(parseRedisUrl(backends.redisUrl));
const env = {
  ...backends.env,
  DATABASE_URL: backends.databaseUrl,
  REDIS_TIMEOUT_MS: "30000",
  REDIS_FIRST_CALL_TIMEOUT_MS: "30000",
};
const startWorker = () => startBenchWorker<BacklogCommand, BacklogResult>("views-backlog-worker.ts", env);
const worker = await startWorker();
const secondWorker = await startWorker();
try {
  await measure();
} finally {
  await worker.stop();
  await secondWorker.stop();
  engine.close();
  await backends.stop();
}

async function measure(): Promise<void> {
  const users = Math.min(BACKLOG, MAX_USERS);
  const { posts = [], firstSeq = 0 } = await worker.run({
    do: "create",
    users,
    posts: Math.ceil(BACKLOG / users) + 1,
  });
  const [quietPost = "", ...hotPosts] = posts;
  await engine.send(["CONFIG", "SET", "slowlog-log-slower-than", "20000"]);
  await engine.send(["SLOWLOG", "RESET"]);
  console.log(`${backends.description}; Node ${process.version}; ${cpus().length} cores`);
  console.log();

  const few = await measureClaims(async (round) => {
    const from = firstSeq + round * FEW_WAITING;
    await worker.run({ do: "record", posts: [quietPost], from, viewers: FEW_WAITING });
  });
  const recorded = await worker.run({ do: "record", posts: hotPosts, from: firstSeq, viewers: users });
  const many = await measureClaims(async () => {});
  print(`Claim with ${FEW_WAITING} waiting`, `${few.commands} commands, ${few.usec} µs of Redis`);
  print(`Claim with ${recorded.views} waiting`, `${many.commands} commands, ${many.usec} µs of Redis`);
  print("Ratio of Redis' time", (many.usec / few.usec).toFixed(2));
  print("Recorded, without a sync", rate(recorded));
  print("… scripts over 20 ms", await takeSlowScripts());
  print("Drained, without views", rate(await worker.run({ do: "drain" })));
  print("… scripts over 20 ms", await takeSlowScripts());

  const { posts: busyPosts = [] } = await worker.run({ do: "create", users: 1, posts: 20 });
  const syncing = secondWorker.run({ do: "drainUntilStopped" });
  const load = await worker.run({
    do: "record",
    posts: busyPosts,
    from: firstSeq,
    viewers: users,
    seconds: SUSTAINED_SECONDS,
  });
  secondWorker.send({ do: "stop" });
  print("At the same time: recorded", rate(load));
  print("At the same time: synced", rate(await syncing));
  print("… scripts over 20 ms", await takeSlowScripts());
}

interface ClaimCost {
  commands: number;
  usec: number;
}

/** The cheapest of several claims, since other processes use the machine; what follows each is not measured. */
async function measureClaims(prepare: (round: number) => Promise<void>): Promise<ClaimCost> {
  const costs: ClaimCost[] = [];
  for (let round = 0; round < CLAIM_ROUNDS; round += 1) {
    await prepare(round);
    const before = await readStats();
    await worker.run({ do: "claim" });
    const after = await readStats();
    await worker.run({ do: "finish" });
    costs.push({ commands: after.commands - before.commands, usec: after.usec - before.usec });
  }
  costs.sort((a, b) => a.usec - b.usec);
  return costs[0] ?? { commands: 0, usec: 0 };
}

/** Commands and time of scripts so far. */
async function readStats(): Promise<ClaimCost> {
  const report = String(await engine.send(["INFO", "commandstats"]));
  const stats = { commands: 0, usec: 0 };
  for (const [, name = "", calls, usec] of report.matchAll(/^cmdstat_([^:]+):calls=(\d+),usec=(\d+)/gm)) {
    if (name !== "info") stats.commands += Number(calls);
    if (name.startsWith("eval")) stats.usec += Number(usec);
  }
  return stats;
}

/**
 * The scripts since the last call that took over 20 ms. Redis measures by the clock, so that of a machine without an
 * idle processor it counts the time in which another process ran.
 */
async function takeSlowScripts(): Promise<string> {
  const entries = await engine.send(["SLOWLOG", "GET", "1000"]);
  await engine.send(["SLOWLOG", "RESET"]);
  if (!Array.isArray(entries)) return "unknown";
  const scripts = entries.filter(
    (entry) => Array.isArray(entry) && Array.isArray(entry[3]) && /^eval/i.test(String(entry[3][0])),
  );
  const longest = Math.max(0, ...scripts.map((entry) => (Array.isArray(entry) ? Number(entry[2]) : 0)));
  return scripts.length === 0 ? "none" : `${scripts.length}, the longest ${Math.round(longest / 1_000)} ms`;
}

function rate({ views, ms }: BacklogResult): string {
  return `${views} views, ${Math.round((views / ms) * 1_000)} a second`;
}

function print(name: string, value: string): void {
  console.log(`${name.padEnd(32)} ${value}`);
}
