import { moneyMinor } from "@/lib/schemas/bonus-price";
import { groupBy, type Records, type Violation } from "./read-records";

const REFERRAL_DIVISOR = 10;

/**
 * The referrer has a tenth of what the buyer paid in money and kept; an order has its bonuses or the buyer has them back;
 * ledgers sum up, without gaps or overspending.
 */
export function checkBonuses(records: Records): Violation[] {
  const violations: Violation[] = [];
  const orderIdOf = (key: string) => (/^referral(?:-reversed)?:([^:]+)/.exec(key) ?? [])[1] ?? null;
  const byOrder = groupBy(records.entries, ({ key }) => orderIdOf(key));
  const byPurchase = groupBy(
    records.entries,
    ({ key }) => (/^purchase(?:-returned)?:([^:]+)/.exec(key) ?? [])[1] ?? null,
  );
  const orders = new Map(records.orders.map((order) => [order.id, order]));
  for (const order of records.orders) {
    const { id: orderId, status, refundedMinor, buyer } = order;
    const entries = byOrder.get(orderId) ?? [];
    const sum = entries.reduce((total, { amount }) => total + amount, 0);
    const isDue = status === "delivered" && Boolean(buyer?.referredById);
    const expected = isDue ? Math.floor((moneyMinor(order) - refundedMinor) / REFERRAL_DIVISOR) : 0;
    if (sum !== expected)
      violations.push({ orderId, what: `the referrer has ${sum} of a bonus of ${expected}` });
    if (entries.some(({ userId }) => userId !== buyer?.referredById)) {
      violations.push({ orderId, what: "another user has the bonus" });
    }
    const purchase = byPurchase.get(orderId) ?? [];
    const taken = -purchase.reduce((total, { amount }) => total + amount, 0);
    const due = status === "delivered" ? order.bonusAmount : 0;
    const isMarked = order.bonusAmount > 0 && order.bonusReturnedAt === null;
    if (taken !== due || isMarked !== due > 0)
      violations.push({ orderId, what: `${status}, and it has ${taken} bonuses of ${order.bonusAmount}` });
    if (purchase.some(({ userId }) => userId !== order.buyerId))
      violations.push({ orderId, what: "bonuses of another user pay for it" });
  }
  for (const orderId of [...byOrder.keys(), ...byPurchase.keys()]) {
    if (!orders.has(orderId)) violations.push({ orderId, what: "a bonus of an order that does not exist" });
  }
  for (const [userId, entries] of groupBy(records.entries, (entry) => entry.userId)) {
    let balance = 0;
    for (const [index, entry] of entries.entries()) {
      balance += entry.amount;
      const orderId = orderIdOf(entry.key);
      if (entry.seq !== index + 1)
        violations.push({ orderId, what: `ledger of ${userId}: entry ${index + 1} is ${entry.seq}` });
      if (entry.balance !== balance) {
        violations.push({
          orderId,
          what: `ledger of ${userId}: ${entry.balance} where the sum is ${balance}`,
        });
      }
      if ((entry.kind === "spent" || entry.kind === "purchase") && balance < 0)
        violations.push({ orderId, what: `${userId} overspent: ${balance}` });
    }
  }
  return violations;
}
