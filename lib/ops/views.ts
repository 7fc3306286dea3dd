import { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import type { Caller } from "../core/access-token";
import { requireRole, type SignedInCaller } from "../core/permission";
import { idSchema } from "../schemas/id";
import { reasonBodySchema } from "../schemas/reason";
import {
  getViewSyncState,
  type Recount,
  recountPost,
  type SyncOptions,
  syncNow,
  syncRunSchema,
} from "../views";
import { recordThen } from "./record-then";
import { requireOperator } from "./require-operator";

const waitingSchema = z.object({
  pendingPosts: z.int(),
  pendingViews: z.int(),
  claimedBatches: z.int(),
  claimedViews: z.int(),
});

export const viewsStateSchema = waitingSchema.extend({
  /** False when Redis does not answer; the numbers are then 0. */
  available: z.boolean(),
  /** The same of plays. */
  plays: waitingSchema,
  lastRun: syncRunSchema.nullable(),
  /** The last syncs that found work, newest first. */
  runs: z.array(syncRunSchema),
});

/**
 * What waits for a sync, and the last syncs, for administrators.
 * @throws {AppError} forbidden for other callers
 */
export async function getViewsState(caller: Pick<Caller, "role">): Promise<z.infer<typeof viewsStateSchema>> {
  requireRole(caller, "admin");
  return getViewSyncState();
}

/**
 * Starts a sync of views and plays now, for an administrator. Safe to repeat.
 * @param source  where it was started, for the list of runs
 * @throws {AppError} forbidden; unavailable when Redis or Postgres does not answer
 */
export async function syncViewsNow(
  caller: SignedInCaller,
  auditContext: AuditContext,
  source: Extract<SyncOptions["source"], "admin" | "script"> = "admin",
): ReturnType<typeof syncNow> {
  requireRole(caller, "admin");
  return recordThen({ caller, action: "views_synced" }, auditContext, () => syncNow(source));
}

const recountSchema = z.object({
  stored: z.int(),
  counted: z.int(),
  publishedBefore: z.int().nullable(),
  publishedNow: z.int().nullable(),
}) satisfies z.ZodType<Recount>;

export const recountsSchema = z.object({ views: recountSchema, plays: recountSchema });

export type Recounts = z.infer<typeof recountsSchema>;

export const recountBodySchema = reasonBodySchema.extend({ postId: idSchema });

/**
 * Counts a post's views and plays again by their rows, and shows and mends the difference.
 * @throws {AppError} forbidden; fresh_sign_in_required; not_found
 */
export async function recountViews(
  caller: SignedInCaller,
  postId: string,
  auditContext: AuditContext,
): Promise<Recounts> {
  requireOperator(caller);
  return recountPost(postId, (tx, { stored, counted }) =>
    recordAudit(tx, {
      action: "views_recounted",
      actorId: caller.userId,
      subject: `post:${postId}`,
      ...auditContext,
      data: { views: counted[0] - stored[0], plays: counted[1] - stored[1] },
    }),
  );
}
