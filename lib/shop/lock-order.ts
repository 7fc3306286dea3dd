import { afterCommit, type Transaction } from "../db";
import { publishSubjectChanged } from "../tasks";
import { orderSubject } from "./order-subject";

/** Every change of an order is decided on what these say while its row is locked. */
const columns = {
  id: true,
  status: true,
  kind: true,
  title: true,
  quantity: true,
  amountMinor: true,
  currency: true,
  locale: true,
  refundedMinor: true,
  buyerId: true,
  sellerId: true,
  productId: true,
  sessionId: true,
  paymentIntentId: true,
  checkoutUrl: true,
  buyer: { select: { name: true } },
} as const;

/**
 * Reads an order and keeps everybody else from changing it until the transaction ends; whoever looks at it hears of it
 * then. The locks of a transaction are taken in this order: payment, order, product.
 */
export async function lockOrder(tx: Transaction, id: string) {
  await tx.$executeRaw`SELECT 1 FROM "Order" WHERE id = ${id}::uuid FOR UPDATE`;
  afterCommit(tx, () => publishSubjectChanged(orderSubject(id)));
  return tx.order.findUnique({ where: { id }, select: columns });
}

export type LockedOrder = NonNullable<Awaited<ReturnType<typeof lockOrder>>>;

/**
 * Lets one transaction at a time deal with a payment. A refund may come before anything here knows which order the
 * payment is for, so there is no row of an order that both could lock.
 */
export async function lockPayment(tx: Transaction, paymentIntentId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`payment:${paymentIntentId}`}, 0))`;
}
