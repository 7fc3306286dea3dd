import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { db, type Transaction } from "../db";
import { progressSchema, type TaskView } from "../schemas/task";

export interface TaskRow {
  id: string;
  queue: string;
  state: TaskView["state"];
  attempts: number;
  progress: unknown;
  messageId: string | null;
  error: string | null;
  createdAt: Date;
  finishedAt: Date | null;
}

export function toTaskView({ progress, createdAt, finishedAt, ...row }: TaskRow): TaskView {
  const { id, queue, state, attempts, messageId, error } = row;
  return {
    ...{ id, queue, state, attempts, messageId, error },
    progress: progressSchema.nullable().catch(null).parse(progress),
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

/** Hides the error from anyone but administrators. */
export function toTaskViewFor({ role }: Caller, row: TaskRow): TaskView {
  return toTaskView(role === "admin" ? row : { ...row, error: null });
}

export function maySeeTask({ ownerId }: { ownerId: string | null }, { userId, role }: Caller): boolean {
  return role === "admin" || ownerId === userId;
}

/** @throws {AppError} not_found, also for another user's task */
export async function getTask(id: string, caller: Caller): Promise<TaskView> {
  const task = await db().task.findUnique({ where: { id } });
  if (!task || !maySeeTask(task, caller)) throw new AppError("not_found", { message: "task_not_found" });
  return toTaskViewFor(caller, task);
}

/** The ids of those tasks that the caller may see. One SQL statement. */
export async function filterReadableTaskIds(
  { userId, role }: Pick<Caller, "userId" | "role">,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const readableWhere = role === "admin" ? {} : { ownerId: userId };
  const rows = await db().task.findMany({
    where: { id: { in: [...ids] }, ...readableWhere },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}

/** The tasks of a subject (`order:{id}`), oldest first. The caller must have checked access to the subject. */
export async function listTasksBySubject(subject: string, tx: Transaction = db()): Promise<TaskView[]> {
  const tasks = await tx.task.findMany({ where: { subject }, orderBy: { id: "asc" } });
  return tasks.map(toTaskView);
}
