import type { Transaction } from "../db";

/** Anonymizes a user's events, in the transaction that deletes the account: totals stay unchanged. */
export async function anonymiseAccountEvents(tx: Transaction, userId: string): Promise<void> {
  await tx.analyticsEvent.updateMany({ where: { userId }, data: { userId: null } });
}
