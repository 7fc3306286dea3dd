import { type AuditContext, recordAudit } from "../audit";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { log } from "../core/log";
import { requireFreshSignIn, requireRole, type SignedInCaller } from "../core/permission";
import { withTimeout } from "../core/with-timeout";
import { afterCommit, db, transaction } from "../db";
import type { TaskView } from "../schemas/task";
import { abandonTask } from "./abandon-task";
import { getLane, getQueueDefinition, isQueueName, type QueueName } from "./catalogue";
import { qstash } from "./publish";
import { publishTaskChanged } from "./publish-changes";
import { reviveDeadTask } from "./revive-task";
import { maySeeTask, toTaskViewFor } from "./task-view";

const QSTASH_TIMEOUT_MS = 3_000;

/**
 * Cancels a task. A running one stops at its next `reportProgress`, and can no longer commit.
 *
 * @throws {AppError} not_found for a task that the caller may not see; fresh_sign_in_required for an administrator who
 *         is not the owner; conflict when the task is finished or its queue is not cancellable
 */
export async function cancelTask(
  id: string,
  caller: SignedInCaller,
  auditContext: AuditContext = {},
): Promise<TaskView> {
  const task = await db().task.findUnique({ where: { id } });
  if (!task || !maySeeTask(task, caller)) throw new AppError("not_found", { message: "task_not_found" });
  if (task.ownerId !== caller.userId) requireFreshSignIn(caller);
  if (!isQueueName(task.queue) || !getQueueDefinition(task.queue).cancellable) {
    throw new AppError("conflict", { message: "task_not_cancellable" });
  }
  const { queue } = task;
  const clearedPayload = getQueueDefinition(queue).personal ? { payload: {} } : {};
  await transaction(async (tx) => {
    const { count } = await tx.task.updateMany({
      where: { id, state: { in: ["pending", "published", "running"] } },
      data: { state: "cancelled", finishedAt: new Date(), leaseUntil: null, ...clearedPayload },
    });
    if (count === 0) throw new AppError("conflict", { message: "task_finished" });
    await abandonTask(tx, task);
    await recordAudit(tx, {
      action: "task_cancelled",
      actorId: caller.userId,
      subject: `task:${id}`,
      ...auditContext,
      data: { queue },
    });
    afterCommit(tx, () => publishTaskChanged(task));
  });
  // A message may carry others, but not that of a task which waits for its time. Clocks differ by less than a minute.
  const isAlone = getLane(queue).tasksPerMessage === 1 || task.notBefore.getTime() > now() + 60_000;
  if (task.messageId && isAlone) await cancelMessage(task.messageId);
  return toTaskViewFor(caller, { ...task, state: "cancelled", finishedAt: new Date() });
}

/** Best effort: a message that is delivered anyway finds its task cancelled. */
async function cancelMessage(messageId: string): Promise<void> {
  try {
    await withTimeout(qstash().messages.cancel(messageId), QSTASH_TIMEOUT_MS);
  } catch (error) {
    log().debug({ err: error }, "message of a cancelled task not cancelled: QStash unavailable");
  }
}

/**
 * Replays a dead task with a new deadline, and closes its alert.
 *
 * @throws {AppError} forbidden for anyone but administrators; fresh_sign_in_required; not_found; conflict when the task
 *         is not dead
 */
export async function replayTask(
  id: string,
  caller: SignedInCaller,
  auditContext: AuditContext = {},
): Promise<TaskView> {
  requireRole(caller, "admin");
  requireFreshSignIn(caller);
  const found = await db().task.findUnique({ where: { id }, select: { queue: true } });
  if (!found || !isQueueName(found.queue)) throw new AppError("not_found", { message: "task_not_found" });
  const queue: QueueName = found.queue;
  return transaction(async (tx) => {
    const task = await reviveDeadTask(tx, id, queue);
    if (!task) throw new AppError("conflict", { message: "task_not_dead" });
    await recordAudit(tx, {
      action: "task_replayed",
      actorId: caller.userId,
      subject: `task:${id}`,
      ...auditContext,
      data: { queue },
    });
    return task;
  });
}
