import { addEntry } from "@/lib/bonuses/ledger";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";

/** Grants a user bonuses. */
export async function grantBonuses({ userId }: Pick<Caller, "userId">, amount: number): Promise<void> {
  await transaction((tx) => addEntry(tx, { userId, kind: "granted", amount, key: newId() }));
}

export async function ledgerEntries({ userId }: Caller) {
  return db().bonusEntry.findMany({ where: { userId }, orderBy: { seq: "asc" } });
}

/** The violations in a user's ledger; empty when it sums up, has no gaps, and neither a spend nor a purchase made the balance negative. */
export async function ledgerViolations(person: Caller): Promise<string[]> {
  const violations: string[] = [];
  let balance = 0;
  for (const [index, entry] of (await ledgerEntries(person)).entries()) {
    balance += entry.amount;
    if (entry.seq !== index + 1) violations.push(`entry ${index + 1} has the number ${entry.seq}`);
    if (entry.balance !== balance)
      violations.push(`entry ${entry.seq} has balance ${entry.balance}, the sum is ${balance}`);
    if ((entry.kind === "spent" || entry.kind === "purchase") && balance < 0)
      violations.push(`entry ${entry.seq} overspent: ${balance}`);
  }
  return violations;
}

/** What an order did to its buyer's ledger, oldest first. */
export async function purchaseEntries(orderId: string) {
  const entries = await db().bonusEntry.findMany({
    where: { key: { startsWith: "purchase", contains: orderId } },
    orderBy: { seq: "asc" },
  });
  return entries.map(({ kind, amount }) => ({ kind, amount }));
}

export async function balanceOf(person: Caller): Promise<number> {
  return (await ledgerEntries(person)).at(-1)?.balance ?? 0;
}
