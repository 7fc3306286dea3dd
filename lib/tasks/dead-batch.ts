import { type AuditAction, type AuditContext, recordAudit } from "../audit";
import { requireFreshSignIn, requireRole, type SignedInCaller } from "../core/permission";
import { type Transaction, transaction } from "../db";
import { listTasks } from "./list-tasks";
import type { RedriveFilter } from "./task-filter";

/** Tasks of one transaction: their locks are short, and QStash gets those that are replayed in one call. */
const BATCH_SIZE = 100;

export interface DeadBatch {
  /** Tasks that this call changed: another call, or an attempt, may have taken some. */
  changed: number;
  /** Dead tasks that it looked at. */
  seen: number;
  /** For the next call; null when none is left. */
  nextCursor: string | null;
}

interface DeadChange {
  action: AuditAction;
  /** The name of the number in the audit log. */
  counted: string;
  /** @returns how many of these tasks were dead, and are not any more */
  apply: (tx: Transaction, ids: readonly string[]) => Promise<number>;
}

/**
 * Changes one batch of dead tasks by a filter, newest first, in a transaction with its entry in the audit log. A caller
 * that does not call again stops. A task that dies again is not met again, because the cursor only goes back in time. Safe
 * to repeat and to run concurrently: each task is changed by one call.
 *
 * @throws {AppError} forbidden; fresh_sign_in_required
 */
export async function changeDeadBatch(
  caller: SignedInCaller,
  filter: RedriveFilter & { cursor?: string | undefined },
  auditContext: AuditContext,
  { action, counted, apply }: DeadChange,
): Promise<DeadBatch> {
  requireRole(caller, "admin");
  requireFreshSignIn(caller);
  const page = await listTasks(caller, { ...filter, state: "dead", limit: BATCH_SIZE });
  const ids = page.items.map(({ id }) => id);
  const changed = await transaction(async (tx) => {
    const count = await apply(tx, ids);
    if (count > 0) {
      const data = { [counted]: count };
      await recordAudit(tx, { action, actorId: caller.userId, subject: "app", ...auditContext, data });
    }
    return count;
  });
  return { changed, seen: ids.length, nextCursor: page.nextCursor };
}

/** All batches one after another, with the sum after each. */
export async function* walkDeadBatches(
  next: (cursor: string | undefined) => Promise<DeadBatch>,
): AsyncGenerator<Pick<DeadBatch, "changed" | "seen">> {
  let [changed, seen] = [0, 0];
  let cursor: string | undefined;
  do {
    const batch = await next(cursor);
    changed += batch.changed;
    seen += batch.seen;
    yield { changed, seen };
    cursor = batch.nextCursor ?? undefined;
  } while (cursor);
}
