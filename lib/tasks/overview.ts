import { z } from "zod";
import type { Caller } from "../core/access-token";
import { requireRole } from "../core/permission";
import { db, Prisma } from "../db";
import { TaskState } from "../schemas/enums";
import { idSchema } from "../schemas/id";
import { taskSchema } from "../schemas/task";
import { getQueueDefinition, isQueueAvailable, isQueueName, queues } from "./catalogue";
import { toTaskView } from "./task-view";

/** Overview of all tasks for operators. Read-only. */

const queueOverviewSchema = z.object({
  queue: z.string(),
  /** False: the queue has no handler yet, or no settings here, or belongs to an older deployment. */
  available: z.boolean(),
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

const countRowsSchema = z.array(z.object({ queue: z.string(), state: z.enum(TaskState), tasks: z.int() }));
const oldestRowsSchema = z.array(z.object({ queue: z.string(), oldest: z.date() }));

/**
 * The counts read the whole index on queue and state: for an operator's page, not for health probes.
 */
async function countTasks(): Promise<QueueOverview[]> {
  const [countRows, oldestRows] = await Promise.all([
    db()
      .$queryRaw`SELECT queue, state::text AS state, count(*)::int AS tasks FROM "Task" GROUP BY queue, state`,
    db().$queryRaw`
SELECT queue, min("notBefore") AS oldest FROM "Task"
WHERE state IN ('pending', 'published', 'running') AND state <> 'running' AND "notBefore" <= statement_timestamp()
GROUP BY queue`,
  ]);
  const rows = countRowsSchema.parse(countRows);
  const oldest = new Map(oldestRowsSchema.parse(oldestRows).map((row) => [row.queue, row.oldest]));
  const guaranteed = Object.keys(queues).filter(
    (queue) => isQueueName(queue) && getQueueDefinition(queue).delivery === "guaranteed",
  );
  const names = new Set([...guaranteed, ...rows.map(({ queue }) => queue).sort()]);
  return [...names].map((queue) => {
    const queueRows = rows.filter((row) => row.queue === queue);
    const countOf = (state: TaskState) => queueRows.find((row) => row.state === state)?.tasks ?? 0;
    return {
      queue,
      available: isQueueName(queue) && isQueueAvailable(queue),
      counts: {
        pending: countOf("pending"),
        published: countOf("published"),
        running: countOf("running"),
        done: countOf("done"),
        dead: countOf("dead"),
        cancelled: countOf("cancelled"),
      },
      oldestWaitingAt: oldest.get(queue)?.toISOString() ?? null,
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
