import { z } from "zod";
import type { Caller } from "../core/access-token";
import { requireRole } from "../core/permission";
import { db } from "../db";
import { taskSchema } from "../schemas/task";
import { matchingIdsSql } from "./matching-ids";
import { type TaskFilter, taskFilterSchema } from "./task-filter";
import { type TaskRow, toTaskView } from "./task-view";

export const listedTaskSchema = taskSchema.extend({
  subject: z.string().nullable(),
  ownerId: z.uuid().nullable(),
  /** When it may run first, and when it is published again unless it has finished. */
  notBefore: z.iso.datetime(),
  dueAt: z.iso.datetime(),
  deadlineAt: z.iso.datetime(),
});

export type ListedTask = z.infer<typeof listedTaskSchema>;

interface ListedTaskRow extends TaskRow {
  subject: string | null;
  ownerId: string | null;
  notBefore: Date;
  dueAt: Date;
  deadlineAt: Date;
}

export function toListedTask(row: ListedTaskRow): ListedTask {
  const { subject, ownerId, notBefore, dueAt, deadlineAt } = row;
  return {
    ...toTaskView(row),
    ...{ subject, ownerId },
    notBefore: notBefore.toISOString(),
    dueAt: dueAt.toISOString(),
    deadlineAt: deadlineAt.toISOString(),
  };
}

export const taskListSchema = z.object({
  items: z.array(listedTaskSchema),
  nextCursor: z.uuid().nullable(),
});

export type TaskList = z.infer<typeof taskListSchema>;

const idRowsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * Tasks by filters, newest first, for administrators.
 * @throws {AppError} forbidden for other callers
 */
export async function listTasks(caller: Pick<Caller, "role">, filter: TaskFilter = {}): Promise<TaskList> {
  requireRole(caller, "admin");
  const { limit, ...conditions } = taskFilterSchema.parse(filter);
  const rows = await db().$queryRaw(await matchingIdsSql(conditions, limit + 1));
  const ids = idRowsSchema.parse(rows).map(({ id }) => id);
  const tasks = await db().task.findMany({ where: { id: { in: ids } }, orderBy: { id: "desc" } });
  const items = tasks.slice(0, limit).map(toListedTask);
  return { items, nextCursor: tasks.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** Tasks of a filter are counted up to this number. */
export const MAX_MATCHES = 10_000;

/**
 * How many tasks a filter matches, at most {@link MAX_MATCHES}; the cursor is not applied. For administrators.
 * @throws {AppError} forbidden
 */
export async function countTasksBy(caller: Pick<Caller, "role">, filter: TaskFilter): Promise<number> {
  requireRole(caller, "admin");
  const { limit: _limit, cursor: _cursor, ...conditions } = taskFilterSchema.parse(filter);
  const rows = await db().$queryRaw`
SELECT count(*)::int AS tasks FROM (${await matchingIdsSql(conditions, MAX_MATCHES)}) matching`;
  return z.tuple([z.object({ tasks: z.int() })]).parse(rows)[0].tasks;
}
