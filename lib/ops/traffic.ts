import { z } from "zod";
import { now } from "../core/clock";
import {
  addCounts,
  addHistogram,
  type Counts,
  emptyHistogram,
  type Histogram,
  labelValues,
} from "../core/counters";
import { log } from "../core/log";
import { foldBatches, quantileSeconds, readPeriods } from "../metrics";

/** What all instances counted over a range, for the overview. */

export const OVERVIEW_RANGES = ["hour", "day", "week"] as const;
export type OverviewRange = (typeof OVERVIEW_RANGES)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Which rollups a range is made of, and how wide a bar of its chart is. */
const RANGES = {
  hour: { period: "minute", lengthMs: HOUR_MS, barMs: 2 * MINUTE_MS },
  day: { period: "hour", lengthMs: 24 * HOUR_MS, barMs: HOUR_MS },
  week: { period: "hour", lengthMs: 7 * 24 * HOUR_MS, barMs: 6 * HOUR_MS },
} as const satisfies Record<OverviewRange, { period: "minute" | "hour"; lengthMs: number; barMs: number }>;

/** Of routes, caches and policies as many are shown, the worst. */
const MAX_ROWS = 10;

export const trafficSchema = z.object({
  requests: z.int(),
  /** Responses of 500 and more, and pages that failed. */
  errors: z.int(),
  /** Upper bounds of histogram buckets; null without a request, an hour above ten seconds. */
  p50Seconds: z.number().nullable(),
  p95Seconds: z.number().nullable(),
  redisCommands: z.int(),
  qstashMessages: z.int(),
  sqlStatements: z.int(),
  limited: z.int(),
  /** Of the chart, the oldest first. */
  bars: z.array(z.object({ at: z.iso.datetime(), requests: z.int(), errors: z.int() })),
  routes: z.array(
    z.object({
      route: z.string(),
      requests: z.int(),
      errors: z.int(),
      p95Seconds: z.number().nullable(),
    }),
  ),
  caches: z.array(z.object({ namespace: z.string(), lookups: z.int(), hits: z.int() })),
  limits: z.array(z.object({ policy: z.string(), refused: z.int() })),
});

export type Traffic = z.infer<typeof trafficSchema>;

/** @throws when Postgres does not answer */
export async function readTraffic(range: OverviewRange): Promise<Traffic> {
  await addUpCounts();
  const { period, lengthMs, barMs } = RANGES[range];
  const untilMs = now();
  const firstBarMs = Math.floor((untilMs - lengthMs) / barMs) * barMs + barMs;
  const rows = await readPeriods(period, firstBarMs);
  const sum: Counts = {};
  const bars = Array.from({ length: Math.floor((untilMs - firstBarMs) / barMs) + 1 }, (_, bar) => ({
    at: new Date(firstBarMs + bar * barMs).toISOString(),
    requests: 0,
    errors: 0,
  }));
  for (const { at, counts } of rows) {
    addCounts(sum, counts);
    const bar = bars[Math.floor((at - firstBarMs) / barMs)];
    if (!bar) continue;
    bar.requests += countRequests(counts);
    bar.errors += countErrors(counts);
  }
  return { ...summarize(sum), bars };
}

/** A read-only Postgres still returns what was counted before. */
async function addUpCounts(): Promise<void> {
  try {
    await foldBatches();
  } catch (error) {
    log().warn({ err: error }, "counts not added up: Postgres takes no writes");
  }
}

/** Lookups of all cache namespaces over a range. @throws when Postgres does not answer */
export async function readCacheLookups(range: OverviewRange): Promise<Traffic["caches"]> {
  await addUpCounts();
  const { period, lengthMs } = RANGES[range];
  const sum: Counts = {};
  for (const { counts } of await readPeriods(period, now() - lengthMs)) addCounts(sum, counts);
  return countCacheLookups(sum);
}

/** Errors of the last quarter of an hour, whatever the range. @throws when Postgres does not answer */
export async function countRecentErrors(): Promise<number> {
  const rows = await readPeriods("minute", now() - 15 * MINUTE_MS);
  return rows.reduce((errors, { counts }) => errors + countErrors(counts), 0);
}

function summarize(counts: Counts): Omit<Traffic, "bars"> {
  const durations = entriesOf(counts, "http_request_duration_seconds").map(({ value }) => value);
  const all = durations.reduce<Histogram>(
    (sum, value) => (Array.isArray(value) ? addHistogram(sum, value) : sum),
    emptyHistogram(),
  );
  return {
    requests: countRequests(counts),
    errors: countErrors(counts),
    p50Seconds: toJsonNumber(quantileSeconds(all, 0.5)),
    p95Seconds: toJsonNumber(quantileSeconds(all, 0.95)),
    redisCommands: total(counts, "redis_commands_total", ([, outcome]) => outcome !== "refused"),
    qstashMessages: total(counts, "qstash_messages_total", ([outcome]) => outcome === "accepted"),
    sqlStatements: entriesOf(counts, "sql_statement_duration_seconds").reduce(
      (sum, { value }) => sum + (Array.isArray(value) ? countOf(value) : 0),
      0,
    ),
    limited: total(counts, "rate_limit_decisions_total", ([, decision]) => decision === "refused"),
    routes: summarizeRoutes(counts),
    caches: countCacheLookups(counts).slice(0, MAX_ROWS),
    limits: summarizeLimits(counts),
  };
}

function summarizeRoutes(counts: Counts): Traffic["routes"] {
  const routes = new Map<string, Traffic["routes"][number]>();
  for (const { labels, value } of entriesOf(counts, "http_requests_total")) {
    const [method = "", path = "", status = ""] = labels;
    if (typeof value !== "number") continue;
    const route = `${method} ${path}`;
    const row = routes.get(route) ?? { route, requests: 0, errors: 0, p95Seconds: null };
    row.requests += value;
    if (Number(status) >= 500) row.errors += value;
    routes.set(route, row);
  }
  for (const { labels, value } of entriesOf(counts, "http_request_duration_seconds")) {
    const row = routes.get(labels.join(" "));
    if (row && Array.isArray(value)) row.p95Seconds = toJsonNumber(quantileSeconds(value, 0.95));
  }
  for (const { labels, value } of entriesOf(counts, "page_errors_total")) {
    if (typeof value !== "number") continue;
    const route = `page ${labels[0] ?? ""}`;
    routes.set(route, { route, requests: value, errors: value, p95Seconds: null });
  }
  return [...routes.values()]
    .sort((a, b) => b.errors - a.errors || b.requests - a.requests)
    .slice(0, MAX_ROWS);
}

const HITS: ReadonlySet<string | undefined> = new Set(["hitL1", "hitL2", "stale"]);

function countCacheLookups(counts: Counts): Traffic["caches"] {
  const caches = new Map<string, Traffic["caches"][number]>();
  for (const { labels, value } of entriesOf(counts, "cache_events_total")) {
    const [namespace = "", event] = labels;
    if (typeof value !== "number" || !(HITS.has(event) || event === "miss")) continue;
    const row = caches.get(namespace) ?? { namespace, lookups: 0, hits: 0 };
    row.lookups += value;
    if (HITS.has(event)) row.hits += value;
    caches.set(namespace, row);
  }
  return [...caches.values()].sort((a, b) => b.lookups - a.lookups);
}

function summarizeLimits(counts: Counts): Traffic["limits"] {
  return entriesOf(counts, "rate_limit_decisions_total")
    .flatMap(({ labels: [policy = "", decision], value }) =>
      decision === "refused" && typeof value === "number" ? [{ policy, refused: value }] : [],
    )
    .sort((a, b) => b.refused - a.refused)
    .slice(0, MAX_ROWS);
}

function countRequests(counts: Counts): number {
  return total(counts, "http_requests_total", () => true);
}

function countErrors(counts: Counts): number {
  const responses = total(counts, "http_requests_total", ([, , status]) => Number(status) >= 500);
  return responses + total(counts, "page_errors_total", () => true);
}

function total(counts: Counts, name: string, matches: (labels: string[]) => boolean): number {
  return entriesOf(counts, name).reduce(
    (sum, { labels, value }) => (typeof value === "number" && matches(labels) ? sum + value : sum),
    0,
  );
}

function entriesOf(counts: Counts, name: string): { labels: string[]; value: number | Histogram }[] {
  return Object.entries(counts[name] ?? {}).map(([key, value]) => ({ labels: labelValues(key), value }));
}

const countOf = ([, ...buckets]: Histogram) => buckets.reduce((sum, count) => sum + count, 0);

/** JSON has no infinity: a duration above the last bucket is written as an hour. */
function toJsonNumber(seconds: number | null): number | null {
  return seconds === Number.POSITIVE_INFINITY ? SLOWER_THAN_BUCKETS_SECONDS : seconds;
}

export const SLOWER_THAN_BUCKETS_SECONDS = 3_600;
