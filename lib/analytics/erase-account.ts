import type { Transaction } from "../db";

/** Leaves what somebody did without a name, in the transaction that deletes the account: totals stay as they were. */
export async function anonymiseAccountEvents(tx: Transaction, userId: string): Promise<void> {
  await tx.analyticsEvent.updateMany({ where: { userId }, data: { userId: null } });
}
