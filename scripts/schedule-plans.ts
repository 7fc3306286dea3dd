import { Cron } from "croner";
import type { Env } from "@/lib/core/env";

export type PlanName = NonNullable<Env["QSTASH_PLAN"]>;

export interface PlannedSchedule {
  path: `/api/cron/${string}`;
  /** In UTC. */
  cron: string;
  /** QStash's retries of a failed call, each of which is a message. */
  retries: number;
}

export interface SchedulePlan {
  /** Messages that QStash's plan allows per UTC day; null without a limit. */
  messagesPerDay: number | null;
  schedules: readonly PlannedSchedule[];
}

const TIDY_CRON = "17 3 * * *";

/** QStash's schedules for each of its plans: as many calls as the plan can spare, and no more. */
export const schedulePlans: Readonly<Record<PlanName, SchedulePlan>> = {
  // Most of the day's messages are left for tasks. The next call comes in five minutes, so none is retried.
  free: {
    messagesPerDay: 1_000,
    schedules: [
      { path: "/api/cron/sync-and-sweep", cron: "*/5 * * * *", retries: 0 },
      { path: "/api/cron/tidy", cron: TIDY_CRON, retries: 0 },
    ],
  },
  // Each message costs: tasks are swept every minute, views synced every five.
  payg: {
    messagesPerDay: null,
    schedules: [
      { path: "/api/cron/sync-views", cron: "*/5 * * * *", retries: 1 },
      { path: "/api/cron/sweep-tasks", cron: "* * * * *", retries: 1 },
      { path: "/api/cron/tidy", cron: TIDY_CRON, retries: 1 },
    ],
  },
  pro: {
    messagesPerDay: 1_000_000,
    schedules: [
      { path: "/api/cron/sync-views", cron: "* * * * *", retries: 1 },
      { path: "/api/cron/sweep-tasks", cron: "* * * * *", retries: 1 },
      { path: "/api/cron/tidy", cron: TIDY_CRON, retries: 1 },
    ],
  },
};

/** `cron-sync-views`: a schedule is replaced, not doubled, when the command is repeated. */
export function scheduleIdOf(path: string): string {
  return path.replace(/^\/api\//, "").replaceAll("/", "-");
}

/** Every id that some plan uses. */
export const plannedScheduleIds: ReadonlySet<string> = new Set(
  Object.values(schedulePlans).flatMap(({ schedules }) => schedules.map(({ path }) => scheduleIdOf(path))),
);

const DAY_START_MS = Date.UTC(2026, 0, 1);
const DAY_END_MS = DAY_START_MS + 86_400_000;
const MAX_RUNS_PER_DAY = 1_440;

/** Messages of one day, when no call fails. */
export function countMessagesPerDay(schedules: readonly Pick<PlannedSchedule, "cron">[]): number {
  return schedules.reduce((total, { cron }) => total + countRunsPerDay(cron), 0);
}

function countRunsPerDay(cron: string): number {
  const before = new Date(DAY_START_MS - 1);
  const runs = new Cron(cron, { utcOffset: 0, paused: true }).nextRuns(MAX_RUNS_PER_DAY, before);
  return runs.filter((run) => run.getTime() < DAY_END_MS).length;
}

const dailyCrons: readonly { path: PlannedSchedule["path"]; schedule: string }[] = [
  { path: "/api/cron/sync-and-sweep", schedule: "7 3 * * *" },
  { path: "/api/cron/tidy", schedule: TIDY_CRON },
];

/**
 * The text of vercel.json for a plan of Vercel whose crons run once a day; QStash makes the frequent calls. Everything
 * else in it stays.
 */
export function withDailyCrons(vercelJson: string): string {
  const settings = JSON.parse(vercelJson) as Record<string, unknown>;
  return `${JSON.stringify({ ...settings, crons: dailyCrons }, null, 2)}\n`;
}
