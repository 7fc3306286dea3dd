import { z } from "zod";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { requireRole } from "../core/permission";
import { db } from "../db";

/** A day in UTC, `2026-11-21`. */
export type Day = string;

const DAY_MS = 86_400_000;

/** Event names with their own totals; any client may send events, so the number of names is unbounded. */
const MAX_EVENT_NAMES = 20;

const rowsSchema = z.array(
  z.object({
    day: z.iso.date(),
    /** Null: all less frequent names together. */
    name: z.string().nullable(),
    events: z.int(),
    /** Distinct signed-in users; null where names are grouped. */
    people: z.int().nullable(),
  }),
);

export type DailyTotal = z.infer<typeof rowsSchema>[number];

const MAX_DAYS = 366;

/** Days in UTC, both inclusive; at most a year. */
export const dailyTotalsQuerySchema = z
  .object({ from: z.iso.date(), to: z.iso.date() })
  .refine(({ from, to }) => from <= to && Date.parse(to) - Date.parse(from) < MAX_DAYS * DAY_MS, {
    path: ["to"],
  });

export const dailyTotalsSchema = z.object({ items: rowsSchema });

/**
 * How often each event happened on each day, and by how many users. One query, whose result is bounded for any number
 * of names; days without events have no row.
 *
 * @param range  days in UTC, both inclusive
 * @returns by day, then by name
 * @throws {AppError} forbidden unless the caller is an administrator
 */
export async function getDailyTotals(
  caller: Pick<Caller, "role">,
  { from, to }: { from: Day; to: Day },
): Promise<DailyTotal[]> {
  requireRole(caller, "admin");
  const rows = await db().$queryRaw`
WITH daily AS (
  SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, name, sum(weight) AS events,
    count(DISTINCT "userId") AS people
  FROM "AnalyticsEvent"
  WHERE at >= ${from}::date::timestamp AT TIME ZONE 'UTC' AND at < (${to}::date + 1)::timestamp AT TIME ZONE 'UTC'
  GROUP BY 1, 2
), frequent AS (
  SELECT name FROM daily GROUP BY name ORDER BY sum(events) DESC, name LIMIT ${MAX_EVENT_NAMES}
)
SELECT daily.day, frequent.name, sum(daily.events)::int AS events,
  CASE WHEN frequent.name IS NOT NULL THEN max(daily.people)::int END AS people
FROM daily LEFT JOIN frequent USING (name)
GROUP BY 1, frequent.name ORDER BY 1, 2`;
  return rowsSchema.parse(rows);
}

export interface EventReport {
  days: Day[];
  /** All events, for each of `days`. */
  totals: number[];
  /** The most frequent name first; `name` is null for all less frequent ones together. */
  series: { name: string | null; total: number; byDay: number[] }[];
}

/**
 * The last days up to today, for a table and charts: days without events are included.
 * @throws {AppError} forbidden unless the caller is an administrator
 */
export async function getEventReport(caller: Pick<Caller, "role">, lastDays: number): Promise<EventReport> {
  const days = Array.from({ length: lastDays }, (_, index) => toDay(now() - (lastDays - 1 - index) * DAY_MS));
  const [from = "", to = from] = [days[0], days.at(-1)];
  return buildEventReport(days, await getDailyTotals(caller, { from, to }));
}

function buildEventReport(days: Day[], rows: readonly DailyTotal[]): EventReport {
  const indexByDay = new Map(days.map((day, index) => [day, index]));
  const totals = days.map(() => 0);
  const byName = new Map<string | null, number[]>();
  for (const { day, name, events } of rows) {
    const index = indexByDay.get(day);
    if (index === undefined) continue;
    const byDay = byName.get(name) ?? days.map(() => 0);
    byName.set(name, byDay);
    byDay[index] = events;
    totals[index] = (totals[index] ?? 0) + events;
  }
  const series = [...byName].map(([name, byDay]) => ({ name, byDay, total: sum(byDay) }));
  return { days, totals, series: series.sort(compareByFrequency) };
}

type Series = EventReport["series"][number];

/** The group of less frequent names comes last, regardless of its total. */
function compareByFrequency(a: Series, b: Series): number {
  if (a.name === null || b.name === null) return a.name === null ? 1 : -1;
  return b.total - a.total || a.name.localeCompare(b.name);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function toDay(ms: number): Day {
  return new Date(ms).toISOString().slice(0, 10);
}
