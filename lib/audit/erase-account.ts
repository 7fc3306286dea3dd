import type { Transaction } from "../db";

/**
 * Leaves of somebody whose account is deleted their id alone, in the transaction that deletes it: what they did and
 * what was tried in their name stays, from where does not. The one change that rows ever see.
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
