import { moneyMinor } from "@/lib/schemas/bonus-price";
import { groupBy, type Records, type Violation } from "./read-records";

/**
 * An order is paid here ⇔ it is paid at the provider, with equal refunds; stock plus reserved units equal the initial
 * stock.
 */
export function checkMoney(records: Records, initialStock: ReadonlyMap<string, number | null>): Violation[] {
  const violations: Violation[] = [];
  const deadSubjects = new Set(records.alerts.map(({ subject }) => subject));
  const isDead = (queue: string, orderId: string) =>
    records.tasks.some(
      (task) =>
        task.queue === queue &&
        task.state === "dead" &&
        deadSubjects.has(task.id) &&
        task.key.includes(orderId),
    );
  for (const order of records.orders) {
    const { id: orderId, status, paymentIntentId, refundedMinor } = order;
    const dueMinor = moneyMinor(order);
    const report = (what: string) => violations.push({ orderId, what });
    const payment = records.payments.get(orderId);
    if (!payment) {
      if (paymentIntentId !== null) report(`paid here as ${paymentIntentId}, not at the provider`);
      if (status !== "failed") report(`not paid, and it is ${status}`);
      continue;
    }
    if (payment.amountMinor !== dueMinor) report(`the provider took ${payment.amountMinor} of ${dueMinor}`);
    if (paymentIntentId !== payment.id)
      report(`the provider took ${payment.id}, here it is ${paymentIntentId}`);
    if (refundedMinor !== payment.refundedMinor) {
      report(`the provider refunded ${payment.refundedMinor}, here it is ${refundedMinor}`);
    }
    const expected = payment.refundedMinor === dueMinor ? "refunded" : "delivered";
    const stuck = isDead("deliver-goods", orderId) || isDead("payments", orderId);
    if (status !== expected && !stuck) report(`paid, ${payment.refundedMinor} refunded, and it is ${status}`);
  }
  if (records.paidTwice > 0)
    violations.push({ orderId: null, what: `${records.paidTwice} orders were paid twice` });
  const byProduct = groupBy(records.orders, ({ productId }) => productId);
  for (const { id, stock } of records.products) {
    const initial = initialStock.get(id);
    if (initial === undefined || initial === null) continue;
    const reserved = (byProduct.get(id) ?? [])
      .filter(({ status }) => status === "pending" || status === "paid" || status === "delivered")
      .reduce((sum, { quantity }) => sum + quantity, 0);
    if ((stock ?? 0) + reserved !== initial) {
      violations.push({
        orderId: byProduct.get(id)?.[0]?.id ?? null,
        what: `product ${id}: ${stock} left and ${reserved} reserved of ${initial}`,
      });
    }
  }
  return violations;
}
