import { type AuditContext, recordAudit } from "../audit";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { log } from "../core/log";
import { requireFreshSignIn, requireRole, type SignedInCaller } from "../core/permission";
import { withTimeout } from "../core/with-timeout";
import { afterCommit, db, type Prisma, transaction } from "../db";
import type { TaskView } from "../schemas/task";
import { abandonTask } from "./abandon-task";
import { getLane, getQueueDefinition, isQueueName, parsePayload, type QueueName } from "./catalogue";
import { qstash } from "./publish";
import { publishTaskChanged } from "./publish-changes";
import { reviveDeadTask } from "./revive-task";
import { maySeeTask, toTaskViewFor } from "./task-view";

const QSTASH_TIMEOUT_MS = 3_000;

/**
 * Cancels a task. A running one stops at its next `reportProgress`, and can no longer commit. The reason is recorded of
 * administrators alone: the audit log outlives the accounts, so it has nothing that other users wrote.
 *
 * @throws {AppError} not_found for a task that the caller may not see; fresh_sign_in_required for an administrator who
 *         is not the owner; conflict when the task is finished or its queue is not cancellable
 */
export async function cancelTask(
  id: string,
  caller: SignedInCaller,
  { reason, ...auditContext }: AuditContext = {},
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
      reason: caller.role === "admin" ? reason : undefined,
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
 * Replays a dead task with a new deadline, and closes its alert; with a payload, as if it had been enqueued with that
 * one. The task keeps its id and its key, so what an earlier attempt did is not done again.
 *
 * @throws {AppError} forbidden for anyone but administrators; fresh_sign_in_required; not_found; conflict when the task
 *         is not dead, and for the payload of a mail or a notification; bad_request for one that its queue refuses
 */
export async function replayTask(
  id: string,
  caller: SignedInCaller,
  { payload, ...auditContext }: AuditContext & { payload?: unknown } = {},
): Promise<TaskView> {
  requireRole(caller, "admin");
  requireFreshSignIn(caller);
  const found = await db().task.findUnique({ where: { id }, select: { queue: true } });
  if (!found || !isQueueName(found.queue)) throw new AppError("not_found", { message: "task_not_found" });
  const queue: QueueName = found.queue;
  const edited = payload === undefined ? undefined : parseEditedPayload(queue, payload);
  return transaction(async (tx) => {
    if (edited !== undefined) {
      const data = { payload: edited, version: getQueueDefinition(queue).version };
      await tx.task.updateMany({ where: { id, state: "dead" }, data });
    }
    const task = await reviveDeadTask(tx, id);
    if (!task) throw new AppError("conflict", { message: "task_not_dead" });
    await recordAudit(tx, {
      action: edited === undefined ? "task_replayed" : "task_edited",
      actorId: caller.userId,
      subject: `task:${id}`,
      ...auditContext,
      data: { queue },
    });
    return task;
  });
}

/** A personal payload is not shown to operators, so none of them can edit it either. */
function parseEditedPayload(queue: QueueName, payload: unknown): Prisma.InputJsonValue {
  if (getQueueDefinition(queue).personal)
    throw new AppError("conflict", { message: "task_payload_personal" });
  return parsePayload(queue, payload) as Prisma.InputJsonValue;
}
