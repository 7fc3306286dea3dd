import { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { requireFreshSignIn, requireRole, type SignedInCaller } from "../core/permission";
import { afterCommit, db, type Transaction, transaction } from "../db";
import type { TaskView } from "../schemas/task";
import { closeAlerts } from "./alerts";
import { getQueueDefinition, isQueueName, queues } from "./catalogue";
import { changeDeadBatch, walkDeadBatches } from "./dead-batch";
import { cancelTask } from "./manage";
import { publishTaskChanged } from "./publish-changes";
import type { RedriveFilter } from "./task-filter";
import { toTaskView } from "./task-view";

const cancelledRowsSchema = z.array(
  z.object({ id: z.uuid(), queue: z.string(), ownerId: z.uuid().nullable(), subject: z.string().nullable() }),
);

/**
 * Cancels those of the tasks that are dead, in the caller's transaction: they were dealt with in another way, and nothing
 * replays them. Their alerts are closed, and personal payloads cleared. What they left behind was cleared up when they
 * died. Rows are locked in the order of their ids, so that concurrent calls do not deadlock.
 */
async function cancelDeadTasks(tx: Transaction, ids: readonly string[]) {
  const personal = Object.keys(queues).filter(
    (name) => isQueueName(name) && getQueueDefinition(name).personal,
  );
  const rows = await tx.$queryRaw`
WITH dead AS (
  SELECT id FROM "Task" WHERE id = ANY (${[...ids]}::uuid[]) AND state = 'dead' ORDER BY id FOR UPDATE
)
UPDATE "Task" task SET state = 'cancelled', "finishedAt" = clock_timestamp(),
  payload = CASE WHEN task.queue = ANY (${personal}::text[]) THEN '{}'::jsonb ELSE task.payload END
FROM dead WHERE task.id = dead.id
RETURNING task.id, task.queue, task."ownerId", task.subject`;
  const cancelled = cancelledRowsSchema.parse(rows);
  if (cancelled.length === 0) return cancelled;
  await closeAlerts(tx, { kind: "task_dead", subject: { in: cancelled.map(({ id }) => id) } });
  afterCommit(tx, () => cancelled.forEach(publishTaskChanged));
  return cancelled;
}

/**
 * Cancels any task for an operator: a dead one of every queue, one that has not finished as its owner could.
 * @throws {AppError} forbidden; fresh_sign_in_required; and as {@link cancelTask}
 */
export async function cancelTaskAsOperator(
  id: string,
  caller: SignedInCaller,
  auditContext: AuditContext,
): Promise<TaskView> {
  requireRole(caller, "admin");
  requireFreshSignIn(caller);
  const wasDead = await transaction(async (tx) => {
    const [task] = await cancelDeadTasks(tx, [id]);
    if (!task) return false;
    await recordAudit(tx, {
      action: "task_cancelled",
      actorId: caller.userId,
      subject: `task:${id}`,
      ...auditContext,
      data: { queue: task.queue, was: "dead" },
    });
    return true;
  });
  if (!wasDead) return cancelTask(id, caller, auditContext);
  return toTaskView(await db().task.findUniqueOrThrow({ where: { id } }));
}

export const cancelBatchSchema = z.object({
  /** Tasks that this call cancelled: another call may have taken some. */
  cancelled: z.int(),
  /** Dead tasks that it looked at. */
  seen: z.int(),
  /** For the next call; null when none is left. */
  nextCursor: z.uuid().nullable(),
});

export type CancelBatch = z.infer<typeof cancelBatchSchema>;

/** Cancels one batch of dead tasks by a filter. @throws {AppError} forbidden; fresh_sign_in_required */
export async function cancelDeadBatch(
  caller: SignedInCaller,
  filter: RedriveFilter & { cursor?: string | undefined },
  auditContext: AuditContext,
): Promise<CancelBatch> {
  const { changed, ...batch } = await changeDeadBatch(caller, filter, auditContext, {
    action: "tasks_cancelled",
    counted: "cancelled",
    apply: async (tx, ids) => (await cancelDeadTasks(tx, ids)).length,
  });
  return { cancelled: changed, ...batch };
}

/** All batches of a filter, with the sum after each. */
export function cancelDeadTasksBy(caller: SignedInCaller, filter: RedriveFilter, auditContext: AuditContext) {
  return walkDeadBatches(async (cursor) => {
    const { cancelled, ...batch } = await cancelDeadBatch(caller, { ...filter, cursor }, auditContext);
    return { changed: cancelled, ...batch };
  });
}
