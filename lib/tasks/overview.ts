import { z } from "zod";
import type { Caller } from "../core/access-token";
import { idSchema } from "../core/ids";
import { requireRole } from "../core/permission";
import { db } from "../db";
import { definitionOf, isQueue, queues } from "./catalogue";
import { taskSchema, taskStateSchema, viewOf } from "./task-view";

/** What operators see of all tasks. Reads only. */

const waitingSchema = z.object({
  queue: z.string(),
  /** False: its work belongs to a later part, or the queue is of an older deployment. */
  available: z.boolean(),
  counts: z.record(taskStateSchema, z.int()),
  /** Since when the oldest task that could run does not; null when none waits. */
  oldestWaitingAt: z.iso.datetime().nullable(),
});

export type QueueOverview = z.infer<typeof waitingSchema>;

const deadTaskSchema = taskSchema.extend({ subject: z.string().nullable() });

export type DeadTask = z.infer<typeof deadTaskSchema>;

export const deadTasksQuerySchema = z.object({
  /** Id of the last dead task of the page before. */
  cursor: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});

export const taskOverviewSchema = z.object({
  queues: z.array(waitingSchema),
  dead: z.object({ items: z.array(deadTaskSchema), nextCursor: z.uuid().nullable() }),
});

export type TaskOverview = z.infer<typeof taskOverviewSchema>;

/**
 * Counts by queue and state, and the dead tasks, those made last first, for administrators.
 * @throws {AppError} forbidden for everybody else
 */
export async function taskOverview(
  caller: Pick<Caller, "role">,
  page: z.input<typeof deadTasksQuerySchema> = {},
): Promise<TaskOverview> {
  requireRole(caller, "admin");
  const [rows, dead] = await Promise.all([countTasks(), deadTasks(deadTasksQuerySchema.parse(page))]);
  return { queues: rows, dead };
}

const countsSchema = z.array(
  z.object({
    queue: z.string(),
    state: taskStateSchema,
    tasks: z.int(),
    oldest: z.date().nullable(),
  }),
);

/** Reads every row of `Task` once: half a second with a million of them. For people, not for probes. */
async function countTasks(): Promise<QueueOverview[]> {
  const rows = countsSchema.parse(
    await db().$queryRaw`
SELECT queue, state::text AS state, count(*)::int AS tasks,
  min("notBefore") FILTER (WHERE state IN ('pending', 'published') AND "notBefore" <= clock_timestamp()) AS oldest
FROM "Task" GROUP BY queue, state`,
  );
  const guaranteed = Object.keys(queues).filter(
    (queue) => isQueue(queue) && definitionOf(queue).delivery === "guaranteed",
  );
  const names = new Set([...guaranteed, ...rows.map(({ queue }) => queue).sort()]);
  return [...names].map((queue) => {
    const own = rows.filter((row) => row.queue === queue);
    const countOf = (state: QueueState) => own.find((row) => row.state === state)?.tasks ?? 0;
    const oldest = own.flatMap((row) => row.oldest?.getTime() ?? []);
    return {
      queue,
      available: isQueue(queue) && definitionOf(queue).available,
      counts: {
        pending: countOf("pending"),
        published: countOf("published"),
        running: countOf("running"),
        done: countOf("done"),
        dead: countOf("dead"),
        cancelled: countOf("cancelled"),
      },
      oldestWaitingAt: oldest.length === 0 ? null : new Date(Math.min(...oldest)).toISOString(),
    };
  });
}

type QueueState = z.infer<typeof taskStateSchema>;

async function deadTasks({
  cursor,
  limit,
}: z.output<typeof deadTasksQuerySchema>): Promise<TaskOverview["dead"]> {
  const rows = await db().task.findMany({
    where: { state: "dead", ...(cursor ? { id: { lt: cursor } } : {}) },
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const items = rows.slice(0, limit).map((row) => ({ ...viewOf(row), subject: row.subject }));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
