import { z } from "zod";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { log } from "../core/log";
import { requireRole } from "../core/permission";
import { withTimeout } from "../core/with-timeout";
import { type Backends, backendsSchema, checkBackends } from "./backends";
import { type BusinessNumbers, readBusinessNumbers } from "./business-numbers";
import { isNearlyUsed, type Quota, quotaSchema, readQuotas } from "./quotas";
import { countRecentErrors, OVERVIEW_RANGES, readTraffic, trafficSchema } from "./traffic";

export const overviewQuerySchema = z.object({ range: z.enum(OVERVIEW_RANGES).default("hour") });

/** What keeps the overview from saying that all is well. */
export const TROUBLES = [
  /** A backend does not work; `backends` says which, and why. */
  "backend",
  /** A backend answers late; `backends` says which. */
  "backend_slow",
  /** Postgres or the counts could not be read, so nothing is known. */
  "numbers_unknown",
  "alerts",
  "dead_tasks",
  /** A task could have run for ten minutes. */
  "tasks_wait",
  /** An operator has paused a queue. */
  "queues_paused",
  "paid_orders",
  /** Responses of 500 and more in the last quarter of an hour. */
  "errors",
  /** Views wait and there was no sync for half an hour. */
  "views_wait",
  /** Of a plan's quota 80 % is used. */
  "quota",
] as const;

export type Trouble = (typeof TROUBLES)[number];

const openQueueSchema = z.object({
  queue: z.string(),
  /** In Postgres and in QStash; 10,000 of a state stands for that many and more. */
  waiting: z.int(),
  running: z.int(),
  dead: z.int(),
  /** 0 when none waits that could run. */
  oldestWaitingSeconds: z.int(),
});

export type OpenQueue = z.infer<typeof openQueueSchema>;

const businessSchema = z.object({
  openAlerts: z.int(),
  /** Queues with unfinished or dead tasks, by name. */
  queues: z.array(openQueueSchema),
  deadTasks: z.int(),
  waitingTasks: z.int(),
  runningTasks: z.int(),
  /** Of all queues; 0 when none waits. */
  oldestWaitingSeconds: z.int(),
  paidOrdersWithoutTasks: z.int(),
  pausedQueues: z.array(z.string()),
  /** Null when Redis does not answer. */
  viewsWaiting: z.int().nullable(),
  lastViewSyncAt: z.iso.datetime().nullable(),
});

export type BusinessSummary = z.infer<typeof businessSchema>;

export const overviewSchema = z.object({
  at: z.iso.datetime(),
  troubles: z.array(z.enum(TROUBLES)),
  backends: backendsSchema,
  /** Null when Postgres does not answer. */
  business: businessSchema.nullable(),
  traffic: trafficSchema.nullable(),
  /** Those that the environment names; null when Postgres does not answer. */
  quotas: z.array(quotaSchema).nullable(),
});

export type Overview = z.infer<typeof overviewSchema>;

/** As long as the checks of the backends: a slow Postgres still returns the numbers. */
const READ_TIMEOUT_MS = 4_000;
const TASKS_WAIT_SECONDS = 10 * 60;
const VIEWS_WAIT_MS = 30 * 60_000;

/**
 * Whether the backends work, and nothing else: for an administrator whose session cannot be read, because the backend
 * that is broken has it. The role may be the one that the access token claims.
 * @throws {AppError} forbidden for other callers
 */
export async function getBackendsOverview(caller: Pick<Caller, "role">): Promise<Overview> {
  requireRole(caller, "admin");
  const backends = await checkBackends();
  const troubles = findTroubles(backends, null, null, null);
  return {
    ...{ at: new Date(now()).toISOString(), troubles, backends },
    ...{ business: null, traffic: null, quotas: null },
  };
}

/**
 * Everything an operator sees first, for administrators. What cannot be read is null, and a trouble.
 * @throws {AppError} forbidden for other callers
 */
export async function getOverview(
  caller: Pick<Caller, "role">,
  { range }: z.output<typeof overviewQuerySchema>,
): Promise<Overview> {
  requireRole(caller, "admin");
  const [backends, business, counted] = await Promise.all([
    checkBackends(),
    orNull(readBusinessNumbers().then(summarize)),
    orNull(
      // First, because it adds up what the others read.
      readTraffic(range).then(async (traffic) => ({
        traffic,
        recentErrors: await countRecentErrors(),
        quotas: await readQuotas(),
      })),
    ),
  ]);
  const quotas = counted?.quotas ?? null;
  const troubles = findTroubles(backends, business, counted?.recentErrors ?? null, quotas);
  return {
    at: new Date(now()).toISOString(),
    troubles,
    backends,
    business,
    traffic: counted?.traffic ?? null,
    quotas,
  };
}

function findTroubles(
  backends: Backends,
  business: BusinessSummary | null,
  recentErrors: number | null,
  quotas: Quota[] | null,
): Trouble[] {
  const viewsAreLate =
    business !== null &&
    (business.viewsWaiting ?? 0) > 0 &&
    (business.lastViewSyncAt === null || now() - Date.parse(business.lastViewSyncAt) > VIEWS_WAIT_MS);
  const found: Record<Trouble, boolean> = {
    backend: Object.values(backends).some(({ status }) => status === "down"),
    backend_slow: Object.values(backends).some(({ status }) => status === "slow"),
    numbers_unknown: business === null || recentErrors === null || quotas === null,
    alerts: (business?.openAlerts ?? 0) > 0,
    dead_tasks: (business?.deadTasks ?? 0) > 0,
    tasks_wait: (business?.oldestWaitingSeconds ?? 0) > TASKS_WAIT_SECONDS,
    queues_paused: (business?.pausedQueues.length ?? 0) > 0,
    paid_orders: (business?.paidOrdersWithoutTasks ?? 0) > 0,
    errors: (recentErrors ?? 0) > 0,
    views_wait: viewsAreLate,
    quota: quotas?.some(isNearlyUsed) ?? false,
  };
  return TROUBLES.filter((trouble) => found[trouble]);
}

function summarize({
  tasks,
  openAlerts,
  paidOrdersWithoutTasks,
  pausedQueues,
  views,
}: BusinessNumbers): BusinessSummary {
  const count = (...states: string[]) =>
    tasks.reduce((sum, row) => (states.includes(row.state) ? sum + row.tasks : sum), 0);
  return {
    openAlerts,
    queues: groupByQueue(tasks),
    deadTasks: count("dead"),
    waitingTasks: count("pending", "published"),
    runningTasks: count("running"),
    oldestWaitingSeconds: Math.max(0, ...tasks.map(({ oldestWaitingSeconds }) => oldestWaitingSeconds)),
    paidOrdersWithoutTasks,
    pausedQueues,
    viewsWaiting: views.available ? views.pendingViews + views.claimedViews : null,
    lastViewSyncAt: views.lastRun?.at ?? null,
  };
}

function groupByQueue(tasks: BusinessNumbers["tasks"]): OpenQueue[] {
  const queues = new Map<string, OpenQueue>();
  for (const { queue, state, tasks: count, oldestWaitingSeconds } of tasks) {
    const row = queues.get(queue) ?? { queue, waiting: 0, running: 0, dead: 0, oldestWaitingSeconds: 0 };
    row[state === "running" || state === "dead" ? state : "waiting"] += count;
    row.oldestWaitingSeconds = Math.max(row.oldestWaitingSeconds, oldestWaitingSeconds);
    queues.set(queue, row);
  }
  return [...queues.values()].sort((a, b) => a.queue.localeCompare(b.queue));
}

async function orNull<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await withTimeout(read, READ_TIMEOUT_MS);
  } catch (error) {
    log().warn({ err: error }, "part of the overview unknown");
    return null;
  }
}
