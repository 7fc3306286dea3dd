import { db, ERASURE_BATCH_SIZE, retryOnConflict } from "../db";

/**
 * Removes an account's words from one batch of the reports about them, which stay. Open ones lose them too: who is gone
 * can neither be warned nor blocked. @returns how many
 */
export function eraseReportedBatch(userId: string): Promise<number> {
  return retryOnConflict(
    () => db().$executeRaw`
UPDATE "Report" SET "reportedAuthorId" = NULL, "reportedTitle" = NULL, "reportedText" = NULL WHERE id = ANY(ARRAY(
  SELECT id FROM "Report" WHERE "reportedAuthorId" = ${userId}::uuid LIMIT ${ERASURE_BATCH_SIZE}))`,
  );
}

/** Removes the reporter and their words from one batch of an account's reports, which stay. @returns how many */
export function eraseReportBatch(userId: string): Promise<number> {
  return retryOnConflict(
    () => db().$executeRaw`
UPDATE "Report" SET "reporterId" = NULL, text = '' WHERE id = ANY(ARRAY(
  SELECT id FROM "Report" WHERE "reporterId" = ${userId}::uuid LIMIT ${ERASURE_BATCH_SIZE}))`,
  );
}
