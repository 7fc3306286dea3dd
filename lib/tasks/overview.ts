import { z } from "zod";
import type { Caller } from "../core/access-token";
import { requireRole } from "../core/permission";
import { db, Prisma } from "../db";
import { TaskState } from "../schemas/enums";
import { idSchema } from "../schemas/id";
import { taskSchema } from "../schemas/task";
import { isQueueAvailable, isQueueName } from "./catalogue";
import { countByPairSql } from "./count-by-pair";
import { listPausedQueues, queuePauseSchema } from "./paused";
import { guaranteedQueues, readQueueNames } from "./queue-names";
import { toTaskView } from "./task-view";

/** Overview of all tasks for operators. Read-only. */

/**
 * Tasks of one queue and state are counted up to this number: a page answers in the same time with a million of them.
 * What must be small, dead and waiting tasks, is exact long before.
 */
export const MAX_COUNT = 1_000;

const queueOverviewSchema = z.object({
  queue: z.string(),
  /** False: the queue has no handler yet, or no settings here, or belongs to an older deployment. */
  available: z.boolean(),
  /** Null unless an operator has paused it. */
  paused: queuePauseSchema.omit({ queue: true }).nullable(),
  /** 1000 stands for that many and more. */
  counts: z.record(z.enum(TaskState), z.int()),
  /** Start time of the oldest task that could run and does not; null when none is waiting. */
  oldestWaitingAt: z.iso.datetime().nullable(),
});

export type QueueOverview = z.infer<typeof queueOverviewSchema>;

const deadTaskSchema = taskSchema.extend({ subject: z.string().nullable() });

export type DeadTask = z.infer<typeof deadTaskSchema>;

export const deadTasksQuerySchema = z.object({
  /** Id of the last dead task of the previous page. */
  cursor: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});

export const taskOverviewSchema = z.object({
  queues: z.array(queueOverviewSchema),
  dead: z.object({ items: z.array(deadTaskSchema), nextCursor: z.uuid().nullable() }),
});

export type TaskOverview = z.infer<typeof taskOverviewSchema>;

/**
 * Counts by queue and state, and the dead tasks, newest first. For administrators.
 * @throws {AppError} forbidden for anyone else
 */
export async function getTaskOverview(
  caller: Pick<Caller, "role">,
  page: z.input<typeof deadTasksQuerySchema> = {},
): Promise<TaskOverview> {
  requireRole(caller, "admin");
  const [rows, dead] = await Promise.all([countTasks(), listDeadTasks(deadTasksQuerySchema.parse(page))]);
  return { queues: rows, dead };
}

const countRowsSchema = z.array(
  z.object({ queue: z.string(), state: z.enum(TaskState), tasks: z.int(), oldest: z.date().nullable() }),
);

async function countTasks(): Promise<QueueOverview[]> {
  const [countRows, pauses] = await Promise.all([
    readQueueNames().then((names) =>
      db().$queryRaw(countByPairSql(names, Object.values(TaskState), MAX_COUNT)),
    ),
    listPausedQueues(),
  ]);
  const rows = countRowsSchema.parse(countRows);
  const names = new Set([...guaranteedQueues, ...rows.map(({ queue }) => queue).sort()]);
  return [...names].map((queue) => {
    const queueRows = rows.filter((row) => row.queue === queue);
    const countOf = (state: TaskState) => queueRows.find((row) => row.state === state)?.tasks ?? 0;
    const waitingTimes = queueRows.flatMap(({ oldest }) => (oldest ? [oldest.getTime()] : []));
    const pause = pauses.find((row) => row.queue === queue);
    return {
      queue,
      available: isQueueName(queue) && isQueueAvailable(queue),
      paused: pause ? { reason: pause.reason, pausedAt: pause.pausedAt } : null,
      counts: {
        pending: countOf("pending"),
        published: countOf("published"),
        running: countOf("running"),
        done: countOf("done"),
        dead: countOf("dead"),
        cancelled: countOf("cancelled"),
      },
      oldestWaitingAt: waitingTimes.length > 0 ? new Date(Math.min(...waitingTimes)).toISOString() : null,
    };
  });
}

const idRowsSchema = z.array(z.object({ id: z.uuid() }));

async function listDeadTasks({
  cursor,
  limit,
}: z.output<typeof deadTasksQuerySchema>): Promise<TaskOverview["dead"]> {
  // The state is literal: a partial index is not used for a parameter.
  const idRows = await db().$queryRaw`
SELECT id::text FROM "Task" WHERE state = 'dead' AND ${cursor ? Prisma.sql`id < ${cursor}::uuid` : Prisma.sql`TRUE`}
ORDER BY "Task".id DESC LIMIT ${limit + 1}`;
  const ids = idRowsSchema.parse(idRows).map(({ id }) => id);
  const rows = await db().task.findMany({ where: { id: { in: ids } }, orderBy: { id: "desc" } });
  const items = rows.slice(0, limit).map((row) => ({ ...toTaskView(row), subject: row.subject }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
