import { type AuditContext, recordAudit } from "../audit";
import { requireFreshSignIn, requireRole, type SignedInCaller } from "../core/permission";
import { transaction } from "../db";
import { isQueueName } from "./catalogue";
import { listTasks, type TaskFilter } from "./list-tasks";
import { reviveDeadTask } from "./revive-task";

/** Tasks of one transaction: their locks are short, and QStash gets them in one call. */
const BATCH_SIZE = 50;

/** Which dead tasks; the state is given. */
export type RedriveFilter = Omit<TaskFilter, "state" | "cursor" | "limit">;

export interface RedriveProgress {
  /** So far, by this call. */
  revived: number;
  /** Dead tasks that were looked at: another call, or an attempt, may have taken some of them. */
  seen: number;
}

/**
 * Replays dead tasks by a filter, batch by batch, newest first; each batch is a transaction with its entry in the audit
 * log. A caller that stops after a batch leaves the rest dead. Safe to repeat and to run concurrently: each task is
 * revived by one call, and its effects are guarded as those of any attempt.
 *
 * @throws {AppError} forbidden; fresh_sign_in_required
 */
export async function* redriveDeadTasks(
  caller: SignedInCaller,
  filter: RedriveFilter,
  auditContext: AuditContext,
): AsyncGenerator<RedriveProgress> {
  requireRole(caller, "admin");
  requireFreshSignIn(caller);
  let progress: RedriveProgress = { revived: 0, seen: 0 };
  let cursor: string | undefined;
  do {
    const page = await listTasks(caller, {
      ...filter,
      state: "dead",
      limit: BATCH_SIZE,
      ...(cursor ? { cursor } : {}),
    });
    const revived = await reviveBatch(caller, page.items, auditContext);
    progress = { revived: progress.revived + revived, seen: progress.seen + page.items.length };
    yield progress;
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
}

/** @returns how many were still dead */
function reviveBatch(
  { userId }: SignedInCaller,
  tasks: readonly { id: string; queue: string }[],
  auditContext: AuditContext,
): Promise<number> {
  return transaction(async (tx) => {
    let revived = 0;
    // In the order of ids, so that two calls at once do not deadlock.
    for (const { id, queue } of [...tasks].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      if (isQueueName(queue) && (await reviveDeadTask(tx, id, queue))) revived += 1;
    }
    if (revived > 0) {
      await recordAudit(tx, {
        action: "tasks_redriven",
        actorId: userId,
        subject: "app",
        ...auditContext,
        data: { revived },
      });
    }
    return revived;
  });
}
