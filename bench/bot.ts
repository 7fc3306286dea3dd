import { cpus } from "node:os";
import { openCommandCounter } from "@/local/redis/command-counter";
import { freePort } from "@/tests/support/stack/real-postgres";
import { type Backends, startBackends } from "./backends";
import {
  type BenchBot,
  INTERVAL_SECONDS,
  type InstanceCommand,
  type InstanceCounts,
  type PeopleCommand,
  type PeopleResult,
} from "./bot-protocol";
import { type Run, reportBot, TARGET_P95_MS, type Variant } from "./bot-report";
import { type BenchWorker, startBenchWorker } from "./worker";

/**
 * `npm run bench:bot`: what a message to a bot costs, how soon the bot answers, and how many messages it answers, with the
 * cache and without it. Three instances serve the webhook; what they cost is counted in each of them and at the gateway.
 */

const SECONDS = Number(process.env.BOT_BENCH_SECONDS ?? 60);
const INSTANCES = 3;
/** The load that the target is for; fewer for a small machine. */
const BOTS = Number(process.env.BOT_BENCH_BOTS ?? 20);
const PEOPLE_OF_EACH = 100;
const PEOPLE = BOTS * PEOPLE_OF_EACH;
/** Beyond the target's load there are more bots, because each takes ten messages a second. */
const MAX_BOTS = 4 * BOTS;
const STEP = 1.3;
const STEP_SECONDS = 10;
const STEP_TRIES = 2;
/** What caches keep is there after everyone has written once. */
const WARM_UP_SECONDS = INTERVAL_SECONDS;
/** When a rate was not held, it is tried with fewer people. */
const STEP_BACK = 0.9;
const MAX_HOLDS = 5;
/** Of one person, one after another: the conversation ten times. */
const TALKED_MESSAGES = 60;

type Instance = BenchWorker<InstanceCommand, InstanceCounts> & { url: string };

async function startInstances(env: Record<string, string>, withoutCache: boolean): Promise<Instance[]> {
  const instances: Instance[] = [];
  for (let count = 0; count < INSTANCES; count += 1) {
    const url = `http://127.0.0.1:${await freePort()}`;
    const worker = await startBenchWorker<InstanceCommand, InstanceCounts>("bot-instance.ts", {
      ...env,
      ...{ APP_URL: url, WITHOUT_CACHE: withoutCache ? "1" : "0" },
    });
    instances.push({ ...worker, url });
  }
  return instances;
}

const writing = (count: number, seconds: number, warmUpSeconds: number): PeopleCommand => ({
  ...{ do: "write", people: count, seconds, warmUpSeconds },
});

interface Bench {
  people: BenchWorker<PeopleCommand, PeopleResult>;
  instances: readonly Instance[];
  counter: Awaited<ReturnType<typeof openCommandCounter>>;
  backends: Backends;
}

/** Runs a command of the people, and counts what it cost. What warms up is run before, and not counted. */
async function counted(bench: Bench, command: PeopleCommand): Promise<Run> {
  const { people, instances, counter } = bench;
  if (command.do === "write" && command.warmUpSeconds > 0)
    await people.run({ ...command, seconds: command.warmUpSeconds, warmUpSeconds: 0 });
  const { stats } = bench.backends.gateway;
  const before = await Promise.all(instances.map((instance) => instance.run({ do: "count" })));
  const [cpuBefore, machineBefore] = [process.cpuUsage(), busyMs()];
  stats.reset();
  await counter.reset();
  const result = await people.run(command.do === "write" ? { ...command, warmUpSeconds: 0 } : command);
  const [{ user, system }, machine] = [process.cpuUsage(cpuBefore), busyMs() - machineBefore];
  const { commands, httpRequests: httpCalls } = stats.snapshot();
  const { total } = await counter.read();
  const after = await Promise.all(instances.map((instance) => instance.run({ do: "count" })));
  const grown = (of: (counts: InstanceCounts) => number) =>
    after.reduce((sum, counts, index) => sum + of(counts) - of(before[index] as InstanceCounts), 0);
  const names = new Set(after.flatMap(({ lookups }) => Object.keys(lookups)));
  return {
    ...result,
    ...{ commands, httpCalls, inScripts: total - commands },
    reads: grown(({ statements }) => statements.reads),
    writes: grown(({ statements }) => statements.writes),
    brackets: grown(({ statements }) => statements.brackets),
    lookups: Object.fromEntries(
      [...names].map((name) => [
        name,
        {
          all: grown(({ lookups }) => lookups[name]?.all ?? 0),
          hits: grown(({ lookups }) => lookups[name]?.hits ?? 0),
        },
      ]),
    ),
    cpu: {
      ...{ instances: grown(({ cpuMs }) => cpuMs), gateway: (user + system) / 1_000 },
      ...{ people: result.cpuMs, machine },
    },
  };
}

/** What all programs of the machine have used of its processor. */
function busyMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}

const holds = ({ p95Ms }: PeopleResult): boolean => p95Ms <= TARGET_P95_MS;

/** More and more people, until the answers are late; then as many as are answered in time for the whole time. */
async function findHighest(bench: Bench, target: Run): Promise<Run | null> {
  if (!holds(target)) return null;
  let count = PEOPLE;
  for (;;) {
    const next = Math.min(MAX_BOTS * PEOPLE_OF_EACH, Math.round(count * STEP));
    if (next === count || !(await holdsBriefly(bench, next))) break;
    count = next;
  }
  for (let tries = 0; tries < MAX_HOLDS && count > PEOPLE; tries += 1) {
    const run = await counted(bench, writing(count, SECONDS, WARM_UP_SECONDS));
    note(`for ${SECONDS} s`, count, run);
    if (holds(run)) return run;
    count = Math.max(PEOPLE, Math.round(count * STEP_BACK));
  }
  return target;
}

/** Whether a step is answered in time, at its second try at the latest: one slow moment decides nothing. */
async function holdsBriefly({ people }: Bench, count: number): Promise<boolean> {
  // Those who are new write first, so that their state is cached.
  await people.run(writing(count, WARM_UP_SECONDS, 0));
  for (let tries = 0; tries < STEP_TRIES; tries += 1) {
    const step = await people.run(writing(count, STEP_SECONDS, 0));
    note(`for ${STEP_SECONDS} s`, count, step);
    if (holds(step)) return true;
  }
  return false;
}

function note(duration: string, count: number, { p95Ms }: PeopleResult): void {
  const rate = Math.round(count / INTERVAL_SECONDS);
  process.stderr.write(`${rate} messages a second ${duration}: p95 ${p95Ms.toFixed(0)} ms\n`);
}

async function main(): Promise<void> {
  const backends = await startBackends();
  try {
    const botApiPort = await freePort();
    const people = await startBenchWorker<PeopleCommand, PeopleResult>("bot-people.ts", {
      BOT_API_PORT: String(botApiPort),
    });
    const env = { ...backends.env, TELEGRAM_API_ROOT: `http://127.0.0.1:${botApiPort}` };
    const counter = await openCommandCounter(backends.redisUrl);
    let bots: BenchBot[] = [];
    const measure = async (withoutCache: boolean): Promise<Variant> => {
      const instances = await startInstances(env, withoutCache);
      const bench = { people, instances, counter, backends };
      if (bots.length === 0)
        bots =
          (await instances[0]?.run({ do: "prepare", bots: MAX_BOTS, peopleOfEach: PEOPLE_OF_EACH }))?.bots ??
          [];
      await people.run({ do: "meet", bots, instanceUrls: instances.map(({ url }) => url) });
      // The first turns of a conversation open connections and load modules.
      await people.run({ do: "write", people: PEOPLE, warmUpSeconds: 0, seconds: 5 });
      await people.run({ do: "talk", messages: 6 });
      const talk = await counted(bench, { do: "talk", messages: TALKED_MESSAGES });
      const target = await counted(bench, writing(PEOPLE, SECONDS, WARM_UP_SECONDS));
      note(`for ${SECONDS} s`, PEOPLE, target);
      const highest = await findHighest(bench, target);
      for (const instance of instances) await instance.stop();
      return { talk, target, highest };
    };
    const cached = await measure(false);
    const uncached = await measure(true);
    await people.stop();
    counter.close();
    reportBot({
      ...{ description: backends.description, instances: INSTANCES, bots: BOTS, people: PEOPLE },
      ...{ cached, uncached },
    });
  } finally {
    await backends.stop();
  }
}

await main();
process.exit(0);
