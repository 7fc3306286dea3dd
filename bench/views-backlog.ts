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
/** Claims of each kind, in turn: what else uses the machine then disturbs both alike. */
const CLAIM_ROUNDS = 61;
const MAX_SCRIPT_MS = 20;
/** Faster scripts are not in Redis' log. */
const LOGGED_FROM_US = 2_000;
const SUSTAINED_SECONDS = 20;

const backends = await startBackends();
const engine = await EngineConnection.open(parseRedisUrl(backends.redisUrl));
const env = {
  ...backends.env,
  DATABASE_URL: backends.databaseUrl,
  REDIS_TIMEOUT_MS: "30000",
  REDIS_FIRST_CALL_TIMEOUT_MS: "30000",
};
const startWorker = (more: Record<string, string> = {}) =>
  startBenchWorker<BacklogCommand, BacklogResult>("views-backlog-worker.ts", { ...env, ...more });
const worker = await startWorker();
const secondWorker = await startWorker();
/** Has a counter of its own, in which few views wait. */
const quietWorker = await startWorker({ REDIS_KEY_PREFIX: "quiet:" });
try {
  await measure();
} finally {
  await worker.stop();
  await secondWorker.stop();
  await quietWorker.stop();
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
  await engine.send(["CONFIG", "SET", "slowlog-log-slower-than", String(LOGGED_FROM_US)]);
  await engine.send(["CONFIG", "SET", "slowlog-max-len", "100000"]);
  await engine.send(["SLOWLOG", "RESET"]);
  console.log(`${backends.description}; Node ${process.version}; ${cpus().length} cores`);
  console.log();

  const recorded = await worker.run({ do: "record", posts: hotPosts, from: firstSeq, viewers: users });
  print("Recorded, without a sync", rate(recorded));
  print("… scripts over 20 ms", await takeSlowScripts());
  const few: ClaimCost[] = [];
  const many: ClaimCost[] = [];
  // The first round loads the scripts.
  for (let round = 0; round <= CLAIM_ROUNDS; round += 1) {
    const from = firstSeq + round * FEW_WAITING;
    await quietWorker.run({ do: "record", posts: [quietPost], from, viewers: FEW_WAITING });
    const [ofFew, ofMany] = [await measureClaim(quietWorker), await measureClaim(worker)];
    if (round === 0) continue;
    few.push(ofFew);
    many.push(ofMany);
  }
  print(`Claim with ${FEW_WAITING} waiting`, describeClaims(few));
  print(`Claim with ${recorded.views} waiting`, describeClaims(many));
  print("Ratio of Redis' time", (median(many) / median(few)).toFixed(2));
  await engine.send(["SLOWLOG", "RESET"]);
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

/** What one claim costs; what follows it is not measured. */
async function measureClaim(by: typeof worker): Promise<ClaimCost> {
  const before = await readStats();
  await by.run({ do: "claim" });
  const after = await readStats();
  await by.run({ do: "finish" });
  return { commands: after.commands - before.commands, usec: after.usec - before.usec };
}

function median(costs: readonly ClaimCost[]): number {
  const times = costs.map(({ usec }) => usec).sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? 0;
}

function describeClaims(costs: readonly ClaimCost[]): string {
  const commands = [...new Set(costs.map((cost) => cost.commands))].join(" or ");
  return `${commands} commands, ${median(costs)} µs of Redis (median of ${costs.length})`;
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
 * The scripts since the last call that took over 20 ms, and the longest. Redis measures by the clock, so that of a machine without an
 * idle processor it counts the time in which another process ran.
 */
async function takeSlowScripts(): Promise<string> {
  const entries = await engine.send(["SLOWLOG", "GET", "-1"]);
  await engine.send(["SLOWLOG", "RESET"]);
  if (!Array.isArray(entries)) return "unknown";
  const scripts = entries.filter(
    (entry) => Array.isArray(entry) && Array.isArray(entry[3]) && /^eval/i.test(String(entry[3][0])),
  );
  const times = scripts.map((entry) => (Array.isArray(entry) ? Number(entry[2]) / 1_000 : 0));
  const longest = times.reduce((max, ms) => Math.max(max, ms), LOGGED_FROM_US / 1_000);
  return `${times.filter((ms) => ms > MAX_SCRIPT_MS).length || "none"}; the longest ${longest.toFixed(1)} ms or less`;
}

function rate({ views, ms }: BacklogResult): string {
  return `${views} views, ${Math.round((views / ms) * 1_000)} a second`;
}

function print(name: string, value: string): void {
  console.log(`${name.padEnd(32)} ${value}`);
}
