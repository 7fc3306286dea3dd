import type { Transaction } from "../db";

/**
 * Removes addresses and user agents from a deleted account's entries, in the transaction that deletes it: entries of
 * the user's actions, and of anonymous ones on the account. Only the id stays. Rows are never changed otherwise.
 */
export async function anonymiseAccountAudit(
  tx: Pick<Transaction, "auditEntry">,
  userId: string,
): Promise<void> {
  await tx.auditEntry.updateMany({
    where: { OR: [{ actorId: userId }, { actorId: null, subject: `user:${userId}` }] },
    data: { ip: null, userAgent: null },
  });
}
