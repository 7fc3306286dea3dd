import { afterCommit, type Transaction } from "../db";
import { publishSubjectChanged, type TaskOptions } from "../tasks";

/** Every change of an order is decided on these columns, read while its row is locked. */
const columns = {
  id: true,
  status: true,
  kind: true,
  title: true,
  quantity: true,
  amountMinor: true,
  bonusMinor: true,
  bonusAmount: true,
  bonusReturnedAt: true,
  currency: true,
  locale: true,
  refundedMinor: true,
  buyerId: true,
  sellerId: true,
  productId: true,
  sessionId: true,
  paymentIntentId: true,
  checkoutUrl: true,
  buyer: { select: { name: true, deletedAt: true } },
  seller: { select: { deletedAt: true } },
} as const;

/**
 * Locks an order until the transaction ends and reads it, without a party whose account is being erased: the order will
 * lose it. After the commit, open pages that show it are notified. A transaction takes its locks in this order:
 * payment, order, the buyer's account (for its bonuses), product.
 */
export async function lockOrder(tx: Transaction, id: string) {
  await tx.$executeRaw`SELECT 1 FROM "Order" WHERE id = ${id}::uuid FOR UPDATE`;
  afterCommit(tx, () => publishSubjectChanged(orderSubject(id)));
  const row = await tx.order.findUnique({ where: { id }, select: columns });
  if (!row) return null;
  const { buyer, seller, ...order } = row;
  return {
    ...order,
    buyerId: buyer?.deletedAt ? null : order.buyerId,
    sellerId: seller?.deletedAt ? null : order.sellerId,
    buyer: buyer && !buyer.deletedAt ? { name: buyer.name } : null,
  };
}

export type LockedOrder = NonNullable<Awaited<ReturnType<typeof lockOrder>>>;

/**
 * Serializes transactions that handle the same payment. A refund may arrive before Postgres knows the payment's order,
 * so there is no order row that both could lock.
 */
export async function lockPayment(tx: Transaction, paymentIntentId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`payment:${paymentIntentId}`}, 0))`;
}

/** Subject of the tasks that an order's page lists; checks, mails and notifications have none. */
export function orderSubject(orderId: string): string {
  return `order:${orderId}`;
}

/** Options of a task that the order's page lists, owned by the buyer. */
export function orderTaskOptions(tx: Transaction, { id, buyerId }: LockedOrder, key: string): TaskOptions {
  return { tx, key, subject: orderSubject(id), ...(buyerId ? { ownerId: buyerId } : {}) };
}
