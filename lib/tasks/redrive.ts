import { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import type { Caller } from "../core/access-token";
import { requireFreshSignIn, requireRole, type SignedInCaller } from "../core/permission";
import { transaction } from "../db";
import { countTasksBy, listedTaskSchema, listTasks } from "./list-tasks";
import { reviveDeadTasks } from "./revive-task";
import { taskFilterSchema } from "./task-filter";

/** Tasks of one transaction: their locks are short, and QStash gets them in one call. */
const BATCH_SIZE = 100;
const SAMPLE_SIZE = 5;

/** Which dead tasks; the state is given. */
export const redriveFilterSchema = taskFilterSchema.omit({ state: true, cursor: true, limit: true });

export type RedriveFilter = z.input<typeof redriveFilterSchema>;

export const redrivePreviewSchema = z.object({
  /** Dead tasks that match; 10000 stands for that many and more. */
  matching: z.int(),
  /** The newest of them. */
  sample: z.array(listedTaskSchema),
});

export type RedrivePreview = z.infer<typeof redrivePreviewSchema>;

/**
 * How many dead tasks a redrive would replay, and some of them. For administrators.
 * @throws {AppError} forbidden for other callers
 */
export async function previewRedrive(
  caller: Pick<Caller, "role">,
  filter: RedriveFilter,
): Promise<RedrivePreview> {
  const [matching, { items }] = await Promise.all([
    countTasksBy(caller, { ...filter, state: "dead" }),
    listTasks(caller, { ...filter, state: "dead", limit: SAMPLE_SIZE }),
  ]);
  return { matching, sample: items };
}

export const redriveBatchSchema = z.object({
  /** Tasks that this call revived: another call, or an attempt, may have taken some. */
  revived: z.int(),
  /** Dead tasks that it looked at. */
  seen: z.int(),
  /** For the next call; null when none is left. */
  nextCursor: z.uuid().nullable(),
});

export type RedriveBatch = z.infer<typeof redriveBatchSchema>;

/**
 * Replays one batch of dead tasks by a filter, newest first, in a transaction with its entry in the audit log. A caller
 * that does not call again stops the redrive. A task that dies again is not met again, because the cursor only goes
 * back in time. Safe to repeat and to run concurrently: each task is revived by one call, and its effects are guarded as
 * those of any attempt.
 *
 * @throws {AppError} forbidden; fresh_sign_in_required
 */
export async function redriveBatch(
  caller: SignedInCaller,
  filter: RedriveFilter & { cursor?: string | undefined },
  auditContext: AuditContext,
): Promise<RedriveBatch> {
  requireRole(caller, "admin");
  requireFreshSignIn(caller);
  const page = await listTasks(caller, { ...filter, state: "dead", limit: BATCH_SIZE });
  const ids = page.items.map(({ id }) => id);
  const revived = await transaction(async (tx) => {
    const { length } = await reviveDeadTasks(tx, ids);
    if (length > 0) {
      await recordAudit(tx, {
        action: "tasks_redriven",
        actorId: caller.userId,
        subject: "app",
        ...auditContext,
        data: { revived: length },
      });
    }
    return length;
  });
  return { revived, seen: ids.length, nextCursor: page.nextCursor };
}

/** All batches of a redrive, with the sum after each. */
export async function* redriveDeadTasks(
  caller: SignedInCaller,
  filter: RedriveFilter,
  auditContext: AuditContext,
): AsyncGenerator<Pick<RedriveBatch, "revived" | "seen">> {
  let [revived, seen] = [0, 0];
  let cursor: string | undefined;
  do {
    const batch = await redriveBatch(caller, { ...filter, cursor }, auditContext);
    revived += batch.revived;
    seen += batch.seen;
    yield { revived, seen };
    cursor = batch.nextCursor ?? undefined;
  } while (cursor);
}
