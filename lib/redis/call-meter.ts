import { z } from "zod";
import { scriptName } from "./define-script";
import type { RedisCall } from "./guarded-redis";

/** Upper ends of the latency buckets, in milliseconds; one more holds what took longer. */
export const LATENCY_BUCKETS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000] as const;
/** Command names come from this code, so there are few; should they not, the rest is counted as one. */
const MAX_COMMAND_NAMES = 200;
const OTHER_COMMANDS = "other";

const latencySchema = z.object({
  /** HTTP calls that were sent; those that ran out of time are among them. */
  count: z.number(),
  sumMs: z.number(),
  maxMs: z.number(),
  /** How many took up to each of LATENCY_BUCKETS_MS, and, last, longer; not cumulative. */
  buckets: z.array(z.number()),
});

const countsSchema = z.object({
  answered: z.number(),
  /** Redis answered with an error. */
  errors: z.number(),
  /** No answer, or none of Redis. */
  unavailable: z.number(),
  /** Not sent, since Redis was known to be away. */
  refused: z.number(),
  /** Stored values that were not as their schema says. */
  invalidValues: z.number(),
  /** Null for commands that have only been in pipelines, whose time is `pipeline`'s. */
  latency: latencySchema.nullable(),
});

/** By command in lower case; `script:{name}` for scripts, `pipeline` for the calls that carried several. */
export const redisMetricsSchema = z.record(z.string(), countsSchema);

export type RedisMetrics = z.infer<typeof redisMetricsSchema>;
type Counts = z.infer<typeof countsSchema>;

const OUTCOME_FIELDS = {
  answered: "answered",
  error: "errors",
  unavailable: "unavailable",
  refused: "refused",
} as const satisfies Record<RedisCall["outcome"], keyof Counts>;

/** Counts and latencies of a process's Redis calls since it started, in bounded memory. */
export class CallMeter {
  private readonly byName = new Map<string, Counts>();

  record({ commands, durationMs, outcome }: RedisCall): void {
    for (const command of commands) this.counts(commandName(command))[OUTCOME_FIELDS[outcome]] += 1;
    const [singleCommand] = commands;
    const callCounts = this.counts(
      commands.length === 1 && singleCommand ? commandName(singleCommand) : "pipeline",
    );
    if (commands.length !== 1) callCounts[OUTCOME_FIELDS[outcome]] += 1;
    if (outcome !== "refused") addLatency(callCounts, durationMs);
  }

  recordInvalid(command: readonly unknown[]): void {
    this.counts(commandName(command)).invalidValues += 1;
  }

  /** A copy. */
  snapshot(): RedisMetrics {
    return structuredClone(Object.fromEntries(this.byName));
  }

  private counts(name: string): Counts {
    const key = this.byName.has(name) || this.byName.size < MAX_COMMAND_NAMES ? name : OTHER_COMMANDS;
    let counts = this.byName.get(key);
    if (!counts) {
      counts = { answered: 0, errors: 0, unavailable: 0, refused: 0, invalidValues: 0, latency: null };
      this.byName.set(key, counts);
    }
    return counts;
  }
}

/** What a command is counted and logged as; never anything of its keys or values. */
export function commandName([name, script]: readonly unknown[]): string {
  const lower = String(name).toLowerCase();
  if (lower !== "evalsha" && lower !== "eval") return lower;
  return `script:${scriptName(String(script)) ?? "unknown"}`;
}

function addLatency(counts: Counts, durationMs: number): void {
  counts.latency ??= {
    count: 0,
    sumMs: 0,
    maxMs: 0,
    buckets: Array.from({ length: LATENCY_BUCKETS_MS.length + 1 }, () => 0),
  };
  const { latency } = counts;
  const found = LATENCY_BUCKETS_MS.findIndex((upperBoundMs) => durationMs <= upperBoundMs);
  const bucket = found === -1 ? LATENCY_BUCKETS_MS.length : found;
  latency.count += 1;
  latency.sumMs += durationMs;
  latency.maxMs = Math.max(latency.maxMs, durationMs);
  latency.buckets[bucket] = (latency.buckets[bucket] ?? 0) + 1;
}
