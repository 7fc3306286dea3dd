import { type Books, grouped, type Violation } from "./read-records";

/** Paid at the provider ⇔ paid here, and given back as much; goods there and goods held are all there ever were. */
export function judgeMoney(books: Books, initialStock: ReadonlyMap<string, number | null>): Violation[] {
  const wrong: Violation[] = [];
  const dead = new Set(books.alerts.map(({ subject }) => subject));
  const isDead = (queue: string, orderId: string) =>
    books.tasks.some(
      (task) =>
        task.queue === queue && task.state === "dead" && dead.has(task.id) && task.key.includes(orderId),
    );
  for (const order of books.orders) {
    const { id: orderId, status, paymentIntentId, refundedMinor, amountMinor } = order;
    const say = (what: string) => wrong.push({ orderId, what });
    const payment = books.payments.get(orderId);
    if (!payment) {
      if (paymentIntentId !== null) say(`paid here as ${paymentIntentId}, not at the provider`);
      if (status !== "failed") say(`nobody paid, and it is ${status}`);
      continue;
    }
    if (payment.amountMinor !== amountMinor)
      say(`the provider took ${payment.amountMinor} of ${amountMinor}`);
    if (paymentIntentId !== payment.id) say(`the provider took ${payment.id}, here it is ${paymentIntentId}`);
    if (refundedMinor !== payment.refundedMinor) {
      say(`the provider gave back ${payment.refundedMinor}, here it is ${refundedMinor}`);
    }
    const wanted = payment.refundedMinor === amountMinor ? "refunded" : "delivered";
    const stuck = isDead("deliver-goods", orderId) || isDead("payments", orderId);
    if (status !== wanted && !stuck) say(`paid, ${payment.refundedMinor} given back, and it is ${status}`);
  }
  if (books.paidTwice > 0) wrong.push({ orderId: null, what: `${books.paidTwice} orders were paid twice` });
  const byProduct = grouped(books.orders, ({ productId }) => productId);
  for (const { id, stock } of books.products) {
    const initial = initialStock.get(id);
    if (initial === undefined || initial === null) continue;
    const held = (byProduct.get(id) ?? [])
      .filter(({ status }) => status === "pending" || status === "paid" || status === "delivered")
      .reduce((sum, { quantity }) => sum + quantity, 0);
    if ((stock ?? 0) + held !== initial) {
      wrong.push({
        orderId: byProduct.get(id)?.[0]?.id ?? null,
        what: `product ${id}: ${stock} left and ${held} held of ${initial}`,
      });
    }
  }
  return wrong;
}
