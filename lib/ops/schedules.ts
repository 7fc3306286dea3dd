import { z } from "zod";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { type Counts, labelValues } from "../core/counters";
import { env } from "../core/env";
import { log } from "../core/log";
import { requireRole } from "../core/permission";
import { withTimeout } from "../core/with-timeout";
import { foldBatches, readPeriods } from "../metrics";
import { qstash } from "../tasks";

/** Which schedules call the app, and whether what they must call was called. */

/** What has to be called regularly; `sync-and-sweep` stands for the first two. */
export const CRON_PATHS = [
  "/api/cron/sync-views",
  "/api/cron/sweep-tasks",
  "/api/cron/sync-and-sweep",
  "/api/cron/tidy",
] as const;

export const schedulesSchema = z.object({
  /** Of QStash, for this deployment; null when QStash did not answer. */
  qstash: z
    .array(
      z.object({
        id: z.string(),
        path: z.string(),
        cron: z.string(),
        isPaused: z.boolean(),
        lastAt: z.iso.datetime().nullable(),
        nextAt: z.iso.datetime().nullable(),
      }),
    )
    .nullable(),
  /** Calls by any trigger, of the platform, QStash or an operator, in the last day; as instances have reported them. */
  calls: z.array(
    z.object({
      path: z.enum(CRON_PATHS),
      /** Start of the minute, or of the hour for calls of more than an hour ago. */
      lastSuccessAt: z.iso.datetime().nullable(),
      lastFailureAt: z.iso.datetime().nullable(),
    }),
  ),
});

export type Schedules = z.infer<typeof schedulesSchema>;

/**
 * For administrators. Answers without QStash.
 * @throws {AppError} forbidden for other callers
 */
export async function getSchedules(caller: Pick<Caller, "role">): Promise<Schedules> {
  requireRole(caller, "admin");
  const [schedules, calls] = await Promise.all([readQstashSchedules(), readCalls()]);
  return { qstash: schedules, calls };
}

const TIMEOUT_MS = 1_500;

const qstashSchedulesSchema = z.array(
  z.object({
    scheduleId: z.string(),
    cron: z.string(),
    destination: z.string(),
    isPaused: z.boolean().default(false),
    lastScheduleTime: z.number().optional(),
    nextScheduleTime: z.number().optional(),
  }),
);

async function readQstashSchedules(): Promise<Schedules["qstash"]> {
  try {
    const all = qstashSchedulesSchema.parse(await withTimeout(qstash().schedules.list(), TIMEOUT_MS));
    const { APP_URL } = env();
    // Another program or deployment may use the same account.
    const ours = all.filter(({ destination }) => destination.startsWith(`${APP_URL}/`));
    return ours.map(({ scheduleId, cron, destination, isPaused, lastScheduleTime, nextScheduleTime }) => ({
      ...{ id: scheduleId, cron, isPaused },
      path: destination.slice(APP_URL.length),
      lastAt: toIso(lastScheduleTime),
      nextAt: toIso(nextScheduleTime),
    }));
  } catch (error) {
    log().warn({ err: error }, "schedules not read: QStash unavailable");
    return null;
  }
}

const HOUR_MS = 3_600_000;
const READ_HOURS = 26;

/** The last hour by minutes, the day before by hours: a hundred rows. */
async function readCalls(): Promise<Schedules["calls"]> {
  await foldBatches();
  const [hours, minutes] = await Promise.all([
    readPeriods("hour", now() - READ_HOURS * HOUR_MS),
    readPeriods("minute", now() - HOUR_MS),
  ]);
  const newestFirst = [...hours, ...minutes].sort((a, b) => b.at - a.at);
  const lastWith = (path: string, matches: (status: number) => boolean) =>
    toIso(newestFirst.find(({ counts }) => wasCalled(counts, path, matches))?.at);
  return CRON_PATHS.map((path) => ({
    path,
    lastSuccessAt: lastWith(path, (status) => status < 400),
    lastFailureAt: lastWith(path, (status) => status >= 400),
  }));
}

function wasCalled(counts: Counts, path: string, matches: (status: number) => boolean): boolean {
  return Object.keys(counts.http_requests_total ?? {}).some((key) => {
    const [, route, status] = labelValues(key);
    return route === path && matches(Number(status));
  });
}

function toIso(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
