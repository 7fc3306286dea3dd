import { db, ERASURE_BATCH_SIZE, retryOnConflict } from "../db";

/** Removes the reporter and their words from one batch of an account's reports, which stay. @returns how many */
export function eraseReportBatch(userId: string): Promise<number> {
  return retryOnConflict(
    () => db().$executeRaw`
UPDATE "Report" SET "reporterId" = NULL, text = '' WHERE id = ANY(ARRAY(
  SELECT id FROM "Report" WHERE "reporterId" = ${userId}::uuid LIMIT ${ERASURE_BATCH_SIZE}))`,
  );
}
