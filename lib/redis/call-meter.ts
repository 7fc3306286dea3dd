import { z } from "zod";
import { increment, observe } from "../core/counters";
import { log } from "../core/log";
import { startSpan } from "../core/trace";
import type { RedisCall } from "./guarded-redis";
import { isNoScript, scriptName } from "./script";

/** Upper bounds of the latency buckets, in milliseconds; one more bucket counts slower calls. */
export const LATENCY_BUCKETS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000] as const;
/** Command names come from this code, so there are few; beyond this many the rest is counted as `other`. */
const MAX_COMMAND_NAMES = 200;
const OTHER_COMMANDS = "other";

const latencySchema = z.object({
  /** HTTP calls that were sent, including those that timed out. */
  count: z.number(),
  sumMs: z.number(),
  maxMs: z.number(),
  /** Calls per bucket of LATENCY_BUCKETS_MS, then slower calls; not cumulative. */
  buckets: z.array(z.number()),
});

const countsSchema = z.object({
  answered: z.number(),
  /** Error replies of Redis. */
  errors: z.number(),
  /** No reply, or a reply that is not from Redis. */
  unavailable: z.number(),
  /** Not sent: the circuit breaker was open. */
  refused: z.number(),
  /** Stored values that did not match their schema. */
  invalidValues: z.number(),
  /** Null for commands that were only sent in pipelines, whose latency counts under `pipeline`. */
  latency: latencySchema.nullable(),
});

/** By command in lower case; `script:{name}` for scripts, `pipeline` for calls with several commands. */
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

  /** Returns a copy. */
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

/** Counts a call for the metrics of all instances, and adds it to the current trace. */
export function countCall({ commands, durationMs, outcome }: RedisCall): void {
  const endSpan = startSpan(() => {
    const [command] = commands;
    const name = commands.length === 1 && command ? commandName(command) : "pipeline";
    return { name: `redis ${name}`, attributes: { "db.system.name": "redis" } };
  }, durationMs);
  endSpan(outcome !== "answered");
  for (const command of commands) increment("redis_commands_total", [commandName(command), outcome]);
  if (outcome !== "refused") observe("redis_call_duration_seconds", [], durationMs / 1_000);
}

/** The name under which a command is counted and logged; it contains no key and no value. */
export function commandName([name, script]: readonly unknown[]): string {
  const lower = String(name).toLowerCase();
  if (!/^eval(sha)?(_ro)?$/.test(lower)) return lower;
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

/** After this many kinds of errors, new kinds are logged at debug level only: it bounds the memory. */
const MAX_WARNED_KINDS = 100;

/**
 * Logs calls at debug level, and an error reply as a warning the first time a command gets it: a loop over a
 * key of the wrong type is one line, not thousands. Neither keys nor values are logged. An outage is logged
 * once, when the circuit breaker opens.
 */
export function createCallLogger(): (call: RedisCall) => void {
  const warned = new Set<string>();

  return ({ commands, durationMs, outcome, error }) => {
    const names = [...new Set(commands.map(commandName))].join(",");
    if (outcome === "error" && !isNoScript(error)) {
      const kind = `${names} ${error?.message.split(" ", 1)[0]}`;
      if (!warned.has(kind) && warned.size < MAX_WARNED_KINDS) {
        warned.add(kind);
        log().warn({ command: names, err: error }, "Redis command failed: error reply");
        return;
      }
    }
    log().debug({ command: names, commands: commands.length, durationMs, outcome }, "Redis call");
  };
}
