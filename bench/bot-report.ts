import { cpus } from "node:os";
import { INTERVAL_SECONDS, type InstanceCounts, type PeopleResult } from "./bot-protocol";
import { table } from "./table";

export const TARGET_P95_MS = 300;

/** What some messages were answered with, and what they cost. */
export interface Run extends PeopleResult {
  reads: number;
  writes: number;
  brackets: number;
  httpCalls: number;
  commands: number;
  inScripts: number;
  lookups: InstanceCounts["lookups"];
  /** Milliseconds of the processor. */
  cpu: { instances: number; gateway: number; people: number; machine: number };
}

/** The bot with the cache, or without it. */
export interface Variant {
  /** Of one person, one message after another. */
  talk: Run;
  target: Run;
  /** Null when not even the target's load was answered in time. */
  highest: Run | null;
}

interface Report {
  description: string;
  instances: number;
  bots: number;
  people: number;
  cached: Variant;
  uncached: Variant;
}

export function reportBot({ description, instances, bots, people, cached, uncached }: Report): void {
  const variants = [cached, uncached];
  const each = (of: (variant: Variant) => string) => variants.map(of);
  const perMessage = (of: (run: Run) => number, run: keyof Variant) =>
    each((variant) => {
      const measured = variant[run];
      return measured ? (of(measured) / measured.updates).toFixed(1) : "";
    });
  const { seconds } = cached.target;
  console.log(`${description}; Node ${process.version}; ${cpus().length} cores; ${instances} instances`);
  console.log();
  console.log("A message of one person, one after another:");
  console.log();
  const costs = (run: keyof Variant) => [
    ["SQL: reads", ...perMessage(({ reads }) => reads, run)],
    ["SQL: writes", ...perMessage(({ writes }) => writes, run)],
    ["SQL: BEGIN and COMMIT", ...perMessage(({ brackets }) => brackets, run)],
    ["Redis: HTTP calls", ...perMessage(({ httpCalls }) => httpCalls, run)],
    ["Redis: commands", ...perMessage(({ commands }) => commands, run)],
    ["Redis: in scripts", ...perMessage(({ inScripts }) => inScripts, run)],
  ];
  console.log(table([["", "lib/bot", "without the cache"], ...costs("talk")]));
  console.log();
  console.log(`${people} people of ${bots} bots, each every ${INTERVAL_SECONDS} s, for ${seconds} s:`);
  console.log();
  console.log(
    table([
      ["", "lib/bot", "without the cache"],
      ...costs("target"),
      ["lookups answered by the cache", hitRate(cached.target), ""],
      ["first call of the Bot API: median ms", ...each(({ target }) => target.p50Ms.toFixed(0))],
      ["first call of the Bot API: p95 ms", ...each(({ target }) => target.p95Ms.toFixed(0))],
      ["not answered", ...each(({ target }) => String(target.unanswered))],
      ["refused and repeated", ...each(({ target }) => String(target.refused))],
      ["processor, ms a message", ...perMessage(({ cpu }) => cpu.instances, "target")],
    ]),
  );
  console.log();
  console.log(`Lookups: ${lookups(cached.target)}`);
  console.log();
  console.log(`The most messages with a p95 of ${TARGET_P95_MS} ms at most, for ${seconds} s:`);
  console.log();
  const highest = (of: (run: Run) => string) =>
    each((variant) => (variant.highest ? of(variant.highest) : "none"));
  console.log(
    table([
      ["", "lib/bot", "without the cache"],
      ["a minute", ...highest((run) => ((run.updates / run.seconds) * 60).toFixed(0))],
      ["first call of the Bot API: p95 ms", ...highest((run) => run.p95Ms.toFixed(0))],
      ["not answered", ...highest((run) => String(run.unanswered))],
      ["cores in use", ...highest(({ cpu, seconds: s }) => (cpu.machine / s / 1_000).toFixed(2))],
      ["… by the instances", ...highest(({ cpu, seconds: s }) => (cpu.instances / s / 1_000).toFixed(2))],
      [
        "… by the gateway of Redis",
        ...highest(({ cpu, seconds: s }) => (cpu.gateway / s / 1_000).toFixed(2)),
      ],
      [
        "… by Telegram and the people",
        ...highest(({ cpu, seconds: s }) => (cpu.people / s / 1_000).toFixed(2)),
      ],
    ]),
  );
}

const percent = ({ all, hits }: { all: number; hits: number }): string =>
  `${((hits / all) * 100).toFixed(1)} %`;

function hitRate(run: Run): string {
  const counts = Object.values(run.lookups);
  const sum = (of: (counts: { all: number; hits: number }) => number) =>
    counts.reduce((total, count) => total + of(count), 0);
  return percent({ all: sum(({ all }) => all), hits: sum(({ hits }) => hits) });
}

const lookups = (run: Run): string =>
  Object.entries(run.lookups)
    .filter(([, { all }]) => all > 0)
    .map(([name, counts]) => `${name} ${percent(counts)}`)
    .join(", ");
