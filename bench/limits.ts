import { cpus } from "node:os";
import { type CommandCounter, openCommandCounter } from "@/local/redis/command-counter";
import { startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { type Backends, startBackends } from "./backends";
import { ALLOWED_REQUESTS, contestants, type LimitCheck } from "./limits-contestants";
import { table } from "./table";

/**
 * `npm run bench:limits`: measures the cost of a request's two limits (the route's, and the person's over all routes)
 * for lib/rate-limit and other libraries, and their behaviour without Redis. Calls and commands are counted at the
 * gateway and in the engine; timed runs are interleaved, and the report shows medians.
 */

const ROUNDS = Number(process.env.ROUNDS ?? 15);
/** Requests of one turn. */
const REQUESTS_PER_TURN = 20;
/** Requests one after another without Redis: enough to open a circuit breaker. */
const SEQUENTIAL_REQUESTS = 6;
/** A caller stops waiting after this. */
const REQUEST_TIMEOUT_MS = 6_000;

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
  // The prefix of keys is read from the environment.
  Object.assign(process.env, env);
  const token = env.UPSTASH_REDIS_REST_TOKEN ?? "";
  const checks = Object.entries(contestants).map(([name, make]) => ({
    name,
    check: make(gateway.url, token),
  }));
  // Loads the scripts and opens the connections.
  for (const { check } of checks) await check(newPerson());
  const costs = await measureCosts(backends, checks);
  const times = await measureTimes(checks);
  const hangingProxy = await startFaultProxy({ host: "127.0.0.1", port: gateway.port });
  await hangingProxy.set("hang");
  const refusingProxy = await startFaultProxy({ host: "127.0.0.1", port: gateway.port });
  await refusingProxy.set("refuse");
  const [refused, hung] = await Promise.all([
    measureOutages(`http://127.0.0.1:${refusingProxy.port}`, token),
    measureOutages(`http://127.0.0.1:${hangingProxy.port}`, token),
  ]);
  await hangingProxy.close();
  report(costs, times, refused, hung);
} finally {
  await backends.stop();
}
// Abandons the pending calls to the hung Redis.
process.exit(0);

type NamedCheck = { name: string; check: LimitCheck };

async function repeat(count: number, check: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; i += 1) await check();
}

/** A person without tokens, whom the library has refused once already. */
async function exhaustedPerson(check: LimitCheck): Promise<string> {
  const person = newPerson();
  await repeat(ALLOWED_REQUESTS, () => check(person));
  if (await check(person)) throw new Error("a request over the limit passed");
  return person;
}

async function measureCosts({ gateway, redisUrl }: Backends, checks: NamedCheck[]) {
  const counter = await openCommandCounter(redisUrl);
  const costs = new Map<string, { allowed: Cost; denied: Cost }>();
  for (const { name, check } of checks) {
    const allowed = newPerson();
    const denied = await exhaustedPerson(check);
    costs.set(name, {
      allowed: await measureCost(gateway, counter, () => check(allowed)),
      denied: await measureCost(gateway, counter, () => check(denied)),
    });
  }
  counter.close();
  return costs;
}

/** The average cost of one request. */
async function measureCost(
  gateway: Backends["gateway"],
  counter: CommandCounter,
  check: () => Promise<unknown>,
): Promise<Cost> {
  gateway.stats.reset();
  await counter.reset();
  await repeat(REQUESTS_PER_TURN, check);
  const { httpRequests, commands } = gateway.stats.snapshot();
  const { total } = await counter.read();
  return {
    httpCalls: httpRequests / REQUESTS_PER_TURN,
    commands: commands / REQUESTS_PER_TURN,
    inScripts: (total - commands) / REQUESTS_PER_TURN,
  };
}

async function measureTimes(checks: NamedCheck[]) {
  const all = new Map(checks.map(({ name }) => [name, { allowed: [] as number[], denied: [] as number[] }]));
  const exhausted = new Map<string, string>();
  for (const { name, check } of checks) exhausted.set(name, await exhaustedPerson(check));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let turn = 0; turn < checks.length; turn += 1) {
      const current = checks[(round + turn) % checks.length];
      if (!current) continue;
      const [fresh, denied] = [newPerson(), exhausted.get(current.name) ?? ""];
      all
        .get(current.name)
        ?.allowed.push(await timed(() => repeat(REQUESTS_PER_TURN, () => current.check(fresh))));
      all
        .get(current.name)
        ?.denied.push(await timed(() => repeat(REQUESTS_PER_TURN, () => current.check(denied))));
    }
  }
  return new Map(
    [...all].map(([name, { allowed, denied }]) => [
      name,
      { allowed: median(allowed) / REQUESTS_PER_TURN, denied: median(denied) / REQUESTS_PER_TURN },
    ]),
  );
}

interface Outage {
  /** How long the first and the sixth of consecutive requests waited (ms). */
  first: string;
  sixth: string;
  /** How many of 150 concurrent requests passed, were refused, failed, or got no answer. */
  outcomes: string;
}

/** Measures all contestants concurrently, since they only wait. */
async function measureOutages(url: string, token: string): Promise<Map<string, Outage>> {
  const entries = Object.entries(contestants).map(async ([name, make]): Promise<[string, Outage]> => {
    const check = make(url, token);
    const waits: string[] = [];
    for (let i = 0; i < SEQUENTIAL_REQUESTS; i += 1) {
      let outcome = "";
      const ms = await timed(async () => {
        outcome = await classifyOutcome(check, newPerson());
      });
      waits.push(
        outcome === "no answer" ? `> ${REQUEST_TIMEOUT_MS}` : ms < 10 ? ms.toFixed(2) : ms.toFixed(0),
      );
    }
    const person = newPerson();
    const outcomes = await Promise.all(Array.from({ length: 150 }, () => classifyOutcome(check, person)));
    const tally = ["passed", "refused", "error", "no answer"]
      .map((kind) => [kind, outcomes.filter((outcome) => outcome === kind).length] as const)
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => `${count} ${kind}`);
    return [
      name,
      { first: waits[0] ?? "", sixth: waits[SEQUENTIAL_REQUESTS - 1] ?? "", outcomes: tally.join(", ") },
    ];
  });
  return new Map(await Promise.all(entries));
}

async function classifyOutcome(check: LimitCheck, person: string): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve("no answer"), REQUEST_TIMEOUT_MS);
  });
  const attempt = check(person).then(
    (passed) => (passed ? "passed" : "refused"),
    () => "error",
  );
  const outcome = await Promise.race([attempt, timeout]);
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
  costs: Awaited<ReturnType<typeof measureCosts>>,
  latencies: Awaited<ReturnType<typeof measureTimes>>,
  refused: Map<string, Outage>,
  hung: Map<string, Outage>,
): void {
  const names = Object.keys(contestants);
  const own = latencies.get(names[0] ?? "")?.allowed ?? Number.NaN;
  console.log(
    `${backends.description.split(";")[0]}; Node ${process.version}; ${cpus().length} cores; median of ${ROUNDS} rounds of ${REQUESTS_PER_TURN}`,
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
  for (const [mode, outages] of [
    ["refused", refused],
    ["hung", hung],
  ] as const) {
    console.log(`\nRedis ${mode}:\n`);
    const lines = names.map((name) => {
      const { first, sixth, outcomes } = outages.get(name) ?? { first: "", sixth: "", outcomes: "" };
      return [name, first, sixth, outcomes];
    });
    console.log(
      table([
        ["", "first request, ms", "sixth, ms", `150 of one person, ${ALLOWED_REQUESTS} allowed`],
        ...lines,
      ]),
    );
  }
}
