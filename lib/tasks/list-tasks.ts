import { z } from "zod";
import type { Caller } from "../core/access-token";
import { requireRole } from "../core/permission";
import { isStorable } from "../core/text";
import { db, Prisma } from "../db";
import { TaskState } from "../schemas/enums";
import { idSchema } from "../schemas/id";
import { taskSchema } from "../schemas/task";
import { toTaskView } from "./task-view";

const listedTaskSchema = taskSchema.extend({
  subject: z.string().nullable(),
  ownerId: z.uuid().nullable(),
  /** When it may run first, and when it is published again unless it has finished. */
  notBefore: z.iso.datetime(),
  dueAt: z.iso.datetime(),
  deadlineAt: z.iso.datetime(),
});

export type ListedTask = z.infer<typeof listedTaskSchema>;

const text = z.string().trim().min(1).max(200).refine(isStorable);

export const taskFilterSchema = z.object({
  queue: text.optional(),
  state: z.enum(TaskState).optional(),
  /** Of the person who started them. */
  owner: idSchema.optional(),
  /** What they are about, such as `order:{id}`. */
  subject: text.optional(),
  /** Part of the last error; finished tasks are not searched. */
  error: text.optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  /** Id of the previous page's last task. */
  cursor: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
});

export type TaskFilter = z.input<typeof taskFilterSchema>;

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
  const rows = await db().$queryRaw`
SELECT id::text FROM "Task" WHERE ${Prisma.join(toConditions(conditions), " AND ")}
ORDER BY "Task".id DESC LIMIT ${limit + 1}`;
  const ids = idRowsSchema.parse(rows).map(({ id }) => id);
  const tasks = await db().task.findMany({ where: { id: { in: ids } }, orderBy: { id: "desc" } });
  const items = tasks.slice(0, limit).map(
    (task): ListedTask => ({
      ...toTaskView(task),
      subject: task.subject,
      ownerId: task.ownerId,
      notBefore: task.notBefore.toISOString(),
      dueAt: task.dueAt.toISOString(),
      deadlineAt: task.deadlineAt.toISOString(),
    }),
  );
  return { items, nextCursor: tasks.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** How many tasks a filter matches; the cursor is not applied. For administrators. @throws {AppError} forbidden */
export async function countTasksBy(caller: Pick<Caller, "role">, filter: TaskFilter): Promise<number> {
  requireRole(caller, "admin");
  const { limit: _limit, cursor: _cursor, ...conditions } = taskFilterSchema.parse(filter);
  const rows = await db().$queryRaw`
SELECT count(*)::int AS tasks FROM "Task" WHERE ${Prisma.join(toConditions(conditions), " AND ")}`;
  return z.tuple([z.object({ tasks: z.int() })]).parse(rows)[0].tasks;
}

function toConditions({
  queue,
  state,
  owner,
  subject,
  error,
  from,
  to,
  cursor,
}: Omit<z.output<typeof taskFilterSchema>, "limit">): Prisma.Sql[] {
  const conditions = [Prisma.sql`TRUE`];
  if (queue) conditions.push(Prisma.sql`queue = ${queue}`);
  // A literal: a partial index is not used for a parameter. The value is one of the enum's.
  if (state) conditions.push(Prisma.raw(`state = '${state}'`));
  if (owner) conditions.push(Prisma.sql`"ownerId" = ${owner}::uuid`);
  if (subject) conditions.push(Prisma.sql`subject = ${subject}`);
  if (error) {
    if (!state) conditions.push(Prisma.sql`state IN ('pending', 'published', 'running', 'dead')`);
    conditions.push(Prisma.sql`position(lower(${error}) IN lower(error)) > 0`);
  }
  if (from) conditions.push(Prisma.sql`"createdAt" >= ${new Date(from)}`);
  if (to) conditions.push(Prisma.sql`"createdAt" < ${new Date(to)}`);
  if (cursor) conditions.push(Prisma.sql`id < ${cursor}::uuid`);
  return conditions;
}
