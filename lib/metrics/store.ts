import { z } from "zod";
import { addCounts, type Counts } from "../core/counters";
import { retentionCutoff } from "../core/retention";
import { db, deleteExpired, type Transaction, transaction } from "../db";
import { type Batch, countsSchema, sumByMinute } from "./batch";

/**
 * Rollups in Postgres: one row for each minute of the last days, for each hour of the last month, and one for all time,
 * which Prometheus reads. A row has about 4 KB, so there are 15 MB of them.
 */

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;

/** `MetricRollup.minutes`: the length of a row's period. */
export const PERIOD_MINUTES = { minute: 1, hour: HOUR_MINUTES, allTime: 0 } as const;

interface Rollup {
  minutes: number;
  /** Start of the period (ms). */
  at: number;
  counts: Counts;
}

/**
 * Adds batches to the rollups in one transaction; a batch that was added before is left out. Safe to repeat. Concurrent
 * calls wait for each other at the row of all time.
 */
export async function storeBatches(batches: readonly Batch[]): Promise<void> {
  await transaction(async (tx) => {
    await lockAllTime(tx);
    const newBatches = await claimBatches(tx, batches);
    if (newBatches.length === 0) return;
    const rollups = toRollups(newBatches);
    for (const { minutes, at, counts } of await readRollups(tx, rollups)) {
      const rollup = rollups.find((candidate) => candidate.minutes === minutes && candidate.at === at);
      if (rollup) addCounts(rollup.counts, counts);
    }
    await tx.$executeRaw`
INSERT INTO "MetricRollup" (minutes, at, counts)
SELECT * FROM unnest(${rollups.map(({ minutes }) => minutes)}::int[],
  ${rollups.map(({ at }) => new Date(at).toISOString())}::timestamptz[], ${rollups.map(({ counts }) => JSON.stringify(counts))}::jsonb[])
ON CONFLICT (minutes, at) DO UPDATE SET counts = EXCLUDED.counts`;
  });
}

async function lockAllTime(tx: Transaction): Promise<void> {
  await tx.$executeRaw`
INSERT INTO "MetricRollup" (minutes, at, counts) VALUES (${PERIOD_MINUTES.allTime}, to_timestamp(0), '{}')
ON CONFLICT DO NOTHING`;
  await tx.$queryRaw`SELECT 1 FROM "MetricRollup" WHERE minutes = ${PERIOD_MINUTES.allTime} FOR UPDATE`;
}

const idRowsSchema = z.array(z.object({ id: z.uuid() }));

/** @returns those that are in no rollup yet */
async function claimBatches(tx: Transaction, batches: readonly Batch[]): Promise<Batch[]> {
  const rows = await tx.$queryRaw`
INSERT INTO "MetricBatch" (id) SELECT * FROM unnest(${batches.map(({ id }) => id)}::uuid[])
ON CONFLICT DO NOTHING RETURNING id::text`;
  const claimed = new Set(idRowsSchema.parse(rows).map(({ id }) => id));
  return batches.filter(({ id }) => claimed.has(id));
}

function toRollups(batches: readonly Batch[]): Rollup[] {
  const rollups = new Map<string, Rollup>();
  const add = (minutes: number, at: number, counts: Counts) => {
    const rollup = rollups.get(`${minutes}:${at}`) ?? { minutes, at, counts: {} };
    addCounts(rollup.counts, counts);
    rollups.set(`${minutes}:${at}`, rollup);
  };
  for (const [minute, counts] of sumByMinute(batches)) {
    add(PERIOD_MINUTES.minute, minute * MINUTE_MS, counts);
    add(PERIOD_MINUTES.hour, Math.floor(minute / HOUR_MINUTES) * HOUR_MINUTES * MINUTE_MS, counts);
    add(PERIOD_MINUTES.allTime, 0, counts);
  }
  return [...rollups.values()];
}

const rollupRowsSchema = z.array(z.object({ minutes: z.int(), at: z.date(), counts: countsSchema }));

async function readRollups(tx: Transaction, wanted: readonly Rollup[]): Promise<Rollup[]> {
  const rows = await tx.$queryRaw`
SELECT rollup.minutes, rollup.at, rollup.counts FROM "MetricRollup" rollup
JOIN unnest(${wanted.map(({ minutes }) => minutes)}::int[], ${wanted.map(({ at }) => new Date(at).toISOString())}::timestamptz[])
  AS wanted(minutes, at) ON wanted.minutes = rollup.minutes AND wanted.at = rollup.at`;
  return rollupRowsSchema.parse(rows).map(({ at, ...row }) => ({ ...row, at: at.getTime() }));
}

/** The sum of everything that was ever added. */
export async function readAllTime(): Promise<Counts> {
  const row = await db().metricRollup.findFirst({ where: { minutes: PERIOD_MINUTES.allTime } });
  return countsSchema.parse(row?.counts ?? {});
}

/** The rollups from a time (ms) on, the oldest first. */
export async function readPeriods(
  period: "minute" | "hour",
  fromMs: number,
): Promise<{ at: number; counts: Counts }[]> {
  const rows = await db().metricRollup.findMany({
    where: { minutes: PERIOD_MINUTES[period], at: { gte: new Date(fromMs) } },
    orderBy: { at: "asc" },
  });
  return rows.map(({ at, counts }) => ({ at: at.getTime(), counts: countsSchema.parse(counts) }));
}

/** Deletes rollups and ids of batches whose retention has ended. Safe to repeat. @returns how many rollups */
export async function tidyMetrics(deadlineMs: number): Promise<number> {
  const deleted = await db().$executeRaw`
DELETE FROM "MetricRollup" WHERE (minutes = ${PERIOD_MINUTES.minute} AND at < ${retentionCutoff("metricMinutes")})
  OR (minutes = ${PERIOD_MINUTES.hour} AND at < ${retentionCutoff("metricHours")})`;
  const before = retentionCutoff("metricBatches");
  await deleteExpired({ table: "MetricBatch", id: "id", at: "at", before }, deadlineMs);
  return deleted;
}
