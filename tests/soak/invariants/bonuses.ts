import { type Books, grouped, type Violation } from "./read-records";

const SHARE = 10;

/** A tenth of what the buyer paid and kept, to whoever referred them; ledgers sum, without gaps and never overspent. */
export function judgeBonuses(books: Books): Violation[] {
  const wrong: Violation[] = [];
  const about = (key: string) => (/^referral(?:-reversed)?:([^:]+)/.exec(key) ?? [])[1] ?? null;
  const byOrder = grouped(books.entries, ({ key }) => about(key));
  const orders = new Map(books.orders.map((order) => [order.id, order]));
  for (const order of books.orders) {
    const { id: orderId, status, amountMinor, refundedMinor, buyer } = order;
    const entries = byOrder.get(orderId) ?? [];
    const sum = entries.reduce((total, { amount }) => total + amount, 0);
    const isOwed = status === "delivered" && Boolean(buyer?.referredById);
    const owed = isOwed ? Math.floor((amountMinor - refundedMinor) / SHARE) : 0;
    if (sum !== owed) wrong.push({ orderId, what: `the referrer has ${sum} of a bonus of ${owed}` });
    if (entries.some(({ userId }) => userId !== buyer?.referredById)) {
      wrong.push({ orderId, what: "somebody else has the bonus" });
    }
  }
  for (const orderId of byOrder.keys()) {
    if (!orders.has(orderId)) wrong.push({ orderId, what: "a bonus of an order that does not exist" });
  }
  for (const [userId, entries] of grouped(books.entries, (entry) => entry.userId)) {
    let balance = 0;
    for (const [index, entry] of entries.entries()) {
      balance += entry.amount;
      const orderId = about(entry.key);
      if (entry.seq !== index + 1)
        wrong.push({ orderId, what: `ledger of ${userId}: entry ${index + 1} is ${entry.seq}` });
      if (entry.balance !== balance) {
        wrong.push({ orderId, what: `ledger of ${userId}: ${entry.balance} where the sum is ${balance}` });
      }
      if (entry.kind === "spent" && balance < 0)
        wrong.push({ orderId, what: `${userId} overspent: ${balance}` });
    }
  }
  return wrong;
}
