import { AppError } from "../core/errors";
import type { Transaction } from "../db";

/**
 * Serializes the quota checks of one user, and keeps files from being added to an account that is being deleted.
 * @throws {AppError} unauthenticated when the account no longer exists
 */
export async function lockOwner(tx: Transaction, userId: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
SELECT 1 FROM "User" WHERE id = ${userId}::uuid AND "deletedAt" IS NULL FOR NO KEY UPDATE`;
  if (rows.length === 0) throw new AppError("unauthenticated");
}
