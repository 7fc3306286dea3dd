import { cpus } from "node:os";
import { type CommandCounter, openCommandCounter } from "@/local/redis/command-counter";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { type Backends, startBackends } from "./backends";
import { type Ask, contestants, LIMIT } from "./limits-contestants";

/**
 * `npm run bench:limits`: what a request's two limits (the route's, and the person's over all routes) cost
 * here and with other libraries, and what those do without Redis. Calls and commands are counted at the
 * gateway and in the engine; timed runs take turns, and the median is shown.
 */

const ROUNDS = Number(process.env.ROUNDS ?? 15);
/** Requests of one turn. */
const REQUESTS = 20;
/** How many one after another, without Redis: enough for a breaker to open. */
const SEQUENTIAL = 6;
/** Nobody waits longer than this for a page. */
const PATIENCE_MS = 6_000;

const backends = await startBackends();
let lastPerson = 0;
function newPerson(): string {
  lastPerson += 1;
  return `${process.pid}-${lastPerson}`;
}

interface Cost {
  httpCalls: number;
  commands: number;
  inScripts: number;
}

try {
  const { gateway, env } = backends;
  // The names of keys begin as the environment says.
  Object.assign(process.env, env);
  const token = env.UPSTASH_REDIS_REST_TOKEN ?? "";
  const asks = Object.entries(contestants).map(([name, make]) => ({ name, ask: make(gateway.url, token) }));
  // Redis knows the scripts, the connections are open.
  for (const { ask } of asks) await ask(newPerson());
  const costs = await countAll(backends, asks);
  const times = await timeAll(asks);
  const silent = await startFaultProxy({ host: "127.0.0.1", port: gateway.port });
  await silent.set("hang");
  const gone = await startFaultProxy({ host: "127.0.0.1", port: gateway.port });
  await gone.set("refuse");
  const [refused, hung] = await Promise.all([
    withoutRedis(`http://127.0.0.1:${gone.port}`, token),
    withoutRedis(`http://127.0.0.1:${silent.port}`, token),
  ]);
  await silent.close();
  report(costs, times, refused, hung);
} finally {
  await backends.stop();
}
// Calls to the hung Redis that nobody waits for any more.
process.exit(0);

type Named = { name: string; ask: Ask };

async function times(count: number, ask: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; i += 1) await ask();
}

/** Somebody who has nothing left, and whom the library had to refuse once already. */
async function spentPerson(ask: Ask): Promise<string> {
  const person = newPerson();
  await times(LIMIT, () => ask(person));
  if (await ask(person)) throw new Error("more than the limit was let through");
  return person;
}

async function countAll({ gateway, redisUrl }: Backends, asks: Named[]) {
  const counter = await openCommandCounter(redisUrl);
  const costs = new Map<string, { allowed: Cost; denied: Cost }>();
  for (const { name, ask } of asks) {
    const allowed = newPerson();
    const denied = await spentPerson(ask);
    costs.set(name, {
      allowed: await counted(gateway, counter, () => ask(allowed)),
      denied: await counted(gateway, counter, () => ask(denied)),
    });
  }
  counter.close();
  return costs;
}

/** For each request. */
async function counted(
  gateway: Backends["gateway"],
  counter: CommandCounter,
  ask: () => Promise<unknown>,
): Promise<Cost> {
  gateway.stats.reset();
  await counter.reset();
  await times(REQUESTS, ask);
  const { httpRequests, commands } = gateway.stats.snapshot();
  const { total } = await counter.read();
  return {
    httpCalls: httpRequests / REQUESTS,
    commands: commands / REQUESTS,
    inScripts: (total - commands) / REQUESTS,
  };
}

async function timeAll(asks: Named[]) {
  const all = new Map(asks.map(({ name }) => [name, { allowed: [] as number[], denied: [] as number[] }]));
  const spent = new Map<string, string>();
  for (const { name, ask } of asks) spent.set(name, await spentPerson(ask));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let turn = 0; turn < asks.length; turn += 1) {
      const one = asks[(round + turn) % asks.length];
      if (!one) continue;
      const [fresh, denied] = [newPerson(), spent.get(one.name) ?? ""];
      all.get(one.name)?.allowed.push(await timed(() => times(REQUESTS, () => one.ask(fresh))));
      all.get(one.name)?.denied.push(await timed(() => times(REQUESTS, () => one.ask(denied))));
    }
  }
  return new Map(
    [...all].map(([name, { allowed, denied }]) => [
      name,
      { allowed: median(allowed) / REQUESTS, denied: median(denied) / REQUESTS },
    ]),
  );
}

interface Outage {
  /** How long the first and the sixth request waited, one after another (ms). */
  first: string;
  sixth: string;
  /** How many of 150 requests at once were let through, refused, answered with an error, or not at all. */
  outcomes: string;
}

/** All at once: they wait for nothing but time. */
async function withoutRedis(url: string, token: string): Promise<Map<string, Outage>> {
  const entries = Object.entries(contestants).map(async ([name, make]): Promise<[string, Outage]> => {
    const ask = make(url, token);
    const waited: string[] = [];
    for (let i = 0; i < SEQUENTIAL; i += 1) {
      let outcome = "";
      const ms = await timed(async () => {
        outcome = await outcomeOf(ask, newPerson());
      });
      waited.push(outcome === "no answer" ? `> ${PATIENCE_MS}` : ms < 10 ? ms.toFixed(2) : ms.toFixed(0));
    }
    const person = newPerson();
    const outcomes = await Promise.all(Array.from({ length: 150 }, () => outcomeOf(ask, person)));
    const tally = ["passed", "refused", "error", "no answer"]
      .map((kind) => [kind, outcomes.filter((one) => one === kind).length] as const)
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => `${count} ${kind}`);
    return [
      name,
      { first: waited[0] ?? "", sixth: waited[SEQUENTIAL - 1] ?? "", outcomes: tally.join(", ") },
    ];
  });
  return new Map(await Promise.all(entries));
}

async function outcomeOf(ask: Ask, person: string): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve("no answer"), PATIENCE_MS);
  });
  const asked = ask(person).then(
    (passed) => (passed ? "passed" : "refused"),
    () => "error",
  );
  const outcome = await Promise.race([asked, patience]);
  clearTimeout(timer);
  return outcome;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function report(
  costs: Awaited<ReturnType<typeof countAll>>,
  latencies: Awaited<ReturnType<typeof timeAll>>,
  refused: Map<string, Outage>,
  hung: Map<string, Outage>,
): void {
  const names = Object.keys(contestants);
  const own = latencies.get(names[0] ?? "")?.allowed ?? Number.NaN;
  console.log(
    `${backends.description.split(";")[0]}; Node ${process.version}; ${cpus().length} cores; median of ${ROUNDS} rounds of ${REQUESTS}`,
  );
  console.log("\nA request with something left:\n");
  const row = (name: string, kind: "allowed" | "denied") => {
    const cost = costs.get(name)?.[kind];
    const ms = latencies.get(name)?.[kind] ?? Number.NaN;
    const numbers = [cost?.httpCalls, cost?.commands, cost?.inScripts].map(String);
    return [
      name,
      ...numbers,
      ms.toFixed(kind === "denied" && ms < 0.1 ? 3 : 2),
      `${(ms / own).toFixed(2)} x`,
    ];
  };
  const head = ["", "HTTP calls", "commands", "in scripts", "ms", "to lib/rate-limit"];
  console.log(table([head, ...names.map((name) => row(name, "allowed"))]));
  console.log("\nOne with nothing left, refused before:\n");
  console.log(table([head, ...names.map((name) => row(name, "denied"))]));
  for (const [what, outages] of [
    ["refused", refused],
    ["hung", hung],
  ] as const) {
    console.log(`\nRedis ${what}:\n`);
    const lines = names.map((name) => {
      const { first, sixth, outcomes } = outages.get(name) ?? { first: "", sixth: "", outcomes: "" };
      return [name, first, sixth, outcomes];
    });
    console.log(
      table([["", "first request, ms", "sixth, ms", `150 of one person, ${LIMIT} allowed`], ...lines]),
    );
  }
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
