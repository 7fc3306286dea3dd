import { z } from "zod";
import type { AuditContext } from "../audit";
import type { Caller } from "../core/access-token";
import type { SignedInCaller } from "../core/permission";
import { changeDeadBatch, walkDeadBatches } from "./dead-batch";
import { countTasksBy, listedTaskSchema, listTasks } from "./list-tasks";
import { reviveDeadTasks } from "./revive-task";
import type { RedriveFilter } from "./task-filter";

const SAMPLE_SIZE = 5;

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
 * Replays one batch of dead tasks by a filter ({@link changeDeadBatch}). The effects of each are guarded as those of any
 * attempt.
 *
 * @throws {AppError} forbidden; fresh_sign_in_required
 */
export async function redriveBatch(
  caller: SignedInCaller,
  filter: RedriveFilter & { cursor?: string | undefined },
  auditContext: AuditContext,
): Promise<RedriveBatch> {
  const { changed, ...batch } = await changeDeadBatch(caller, filter, auditContext, {
    action: "tasks_redriven",
    counted: "revived",
    apply: async (tx, ids) => (await reviveDeadTasks(tx, ids)).length,
  });
  return { revived: changed, ...batch };
}

/** All batches of a redrive, with the sum after each. */
export function redriveDeadTasks(caller: SignedInCaller, filter: RedriveFilter, auditContext: AuditContext) {
  return walkDeadBatches(async (cursor) => {
    const { revived, ...batch } = await redriveBatch(caller, { ...filter, cursor }, auditContext);
    return { changed: revived, ...batch };
  });
}
