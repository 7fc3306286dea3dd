import { now } from "./clock";
import { processState } from "./process-state";

/**
 * What this process has counted and not handed over yet (lib/metrics). Safe for the edge. A label's values come from
 * this code (patterns, names of commands and namespaces), never from a caller, so there are few series.
 */

/** Upper bounds of a histogram's buckets; slower ones are in its count alone. */
export const DURATION_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

interface MetricDefinition {
  kind: "counter" | "histogram";
  labels: readonly string[];
  help: string;
}

/** By name without the prefix `normaldance_`. Names and units by Prometheus' conventions. */
export const metricDefinitions = {
  http_requests_total: {
    kind: "counter",
    labels: ["method", "route", "status"],
    help: "Responses of API routes.",
  },
  http_request_duration_seconds: {
    kind: "histogram",
    labels: ["method", "route"],
    help: "Time from the start of a route's handler to its response; of an event stream, to its start.",
  },
  page_errors_total: {
    kind: "counter",
    labels: ["route"],
    help: "Pages and server actions that failed while they were rendered.",
  },
  rate_limit_decisions_total: {
    kind: "counter",
    labels: ["policy", "decision"],
    help: "Requests allowed and refused, by the policy that decided.",
  },
  cache_events_total: {
    kind: "counter",
    labels: ["namespace", "event"],
    help: "Lookups by their outcome (hitL1, hitL2, stale, miss), loads, waits for another load, and errors.",
  },
  redis_commands_total: {
    kind: "counter",
    labels: ["command", "outcome"],
    help: "Commands sent by servers; a script is one, whatever it runs.",
  },
  redis_call_duration_seconds: {
    kind: "histogram",
    labels: [],
    help: "HTTP calls of servers to Redis, each with one command or several.",
  },
  qstash_messages_total: {
    kind: "counter",
    labels: ["outcome"],
    help: "Messages published, by whether QStash accepted them.",
  },
  task_attempts_total: {
    kind: "counter",
    labels: ["queue", "outcome"],
    help: "Attempts of tasks that have a row: done, retried, refused, or lost to another delivery.",
  },
  sql_statement_duration_seconds: {
    kind: "histogram",
    labels: ["outcome"],
    help: "Statements sent to Postgres, those that open and end transactions among them.",
  },
  metric_batches_lost_total: {
    kind: "counter",
    labels: [],
    help: "Batches of these numbers that neither Redis nor Postgres took for too long.",
  },
} as const satisfies Record<string, MetricDefinition>;

type Definitions = typeof metricDefinitions;
export type MetricName = keyof Definitions;
type NameOf<K extends MetricDefinition["kind"]> = {
  [N in MetricName]: Definitions[N]["kind"] extends K ? N : never;
}[MetricName];
export type CounterName = NameOf<"counter">;
export type HistogramName = NameOf<"histogram">;

/** One value for each label. */
export type LabelValues<N extends MetricName> = TextsOf<Definitions[N]["labels"]>;
type TextsOf<L extends readonly string[]> = { readonly [I in keyof L]: string };

/** Sum (seconds), then the observations of each bucket, not cumulative; the last one is of those above all bounds. */
export type Histogram = number[];

/** By metric, then by the values of its labels (`seriesKey`). */
export type Counts = Record<string, Record<string, number | Histogram>>;

/** Counts by minute since 1970. */
export type CountsByMinute = Map<number, Counts>;

const MINUTE_MS = 60_000;
/** While nothing takes the counts, older minutes are added up: it bounds the memory. */
const MAX_MINUTES = 30;

const state = processState<{ counts: CountsByMinute }>("counters", () => ({ counts: new Map() }));

export function increment<N extends CounterName>(name: N, labels: LabelValues<N>, by = 1): void {
  const series = currentSeries(name);
  const key = seriesKey(labels);
  const value = series[key];
  series[key] = (typeof value === "number" ? value : 0) + by;
}

export function observe<N extends HistogramName>(name: N, labels: LabelValues<N>, seconds: number): void {
  const series = currentSeries(name);
  const key = seriesKey(labels);
  const value = series[key];
  const histogram = Array.isArray(value) ? value : emptyHistogram();
  const found = DURATION_BUCKETS_SECONDS.findIndex((upperBound) => seconds <= upperBound);
  const bucket = 1 + (found === -1 ? DURATION_BUCKETS_SECONDS.length : found);
  histogram[0] = (histogram[0] ?? 0) + seconds;
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
  series[key] = histogram;
}

/** Takes all counts out of this process's memory. */
export function takeCounts(): CountsByMinute {
  const { counts } = state;
  state.counts = new Map();
  return counts;
}

/** Adds counts to others of the same metrics. */
export function addCounts(into: Counts, from: Counts): void {
  for (const [name, series] of Object.entries(from)) {
    into[name] ??= {};
    const target = into[name];
    for (const [key, value] of Object.entries(series)) {
      const present = target[key];
      if (typeof value === "number") target[key] = (typeof present === "number" ? present : 0) + value;
      else target[key] = addHistogram(Array.isArray(present) ? present : emptyHistogram(), value);
    }
  }
}

/** The values of a metric's labels from the key of a series. */
export function labelValues(key: string): string[] {
  return key === "" ? [] : key.split(LABEL_SEPARATOR);
}

export function emptyHistogram(): Histogram {
  return Array.from({ length: DURATION_BUCKETS_SECONDS.length + 2 }, () => 0);
}

export function addHistogram(a: Histogram, b: Histogram): Histogram {
  return a.map((value, index) => value + (b[index] ?? 0));
}

const LABEL_SEPARATOR = "|";

function seriesKey(labels: readonly string[]): string {
  return labels.map((value) => value.replaceAll(LABEL_SEPARATOR, "_")).join(LABEL_SEPARATOR);
}

function currentSeries(name: MetricName): Record<string, number | Histogram> {
  const byMinute = state.counts;
  const minute = Math.floor(now() / MINUTE_MS);
  let counts = byMinute.get(minute);
  if (!counts) {
    counts = {};
    byMinute.set(minute, counts);
    if (byMinute.size > MAX_MINUTES) mergeOldest(byMinute);
  }
  counts[name] ??= {};
  return counts[name];
}

function mergeOldest(byMinute: CountsByMinute): void {
  const [oldest, next] = [...byMinute.keys()].sort((a, b) => a - b);
  if (oldest === undefined || next === undefined) return;
  const counts = byMinute.get(next) ?? {};
  addCounts(counts, byMinute.get(oldest) ?? {});
  byMinute.delete(oldest);
}
