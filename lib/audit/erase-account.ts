import { db, ERASURE_BATCH_SIZE } from "../db";

/**
 * Removes addresses and user agents from one batch of a deleted account's entries: entries of the user's actions, and
 * of anonymous ones on the account. Only the id stays. Rows are never changed otherwise. One statement.
 *
 * @returns how many; 0 when none is left
 */
export function anonymiseAuditBatch(userId: string): Promise<number> {
  return db().$executeRaw`
UPDATE "AuditEntry" SET ip = NULL, "userAgent" = NULL WHERE id = ANY(ARRAY(
  (SELECT id FROM "AuditEntry" WHERE "actorId" = ${userId}::uuid AND (ip IS NOT NULL OR "userAgent" IS NOT NULL)
   LIMIT ${ERASURE_BATCH_SIZE})
  UNION
  (SELECT id FROM "AuditEntry" WHERE subject = ${`user:${userId}`} AND "actorId" IS NULL
     AND (ip IS NOT NULL OR "userAgent" IS NOT NULL) LIMIT ${ERASURE_BATCH_SIZE})
))`;
}
