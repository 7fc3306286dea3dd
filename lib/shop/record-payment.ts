import { now } from "../core/clock";
import { log } from "../core/log";
import type { Transaction } from "../db";
import { enqueue, raiseAlert } from "../tasks";
import { type LockedOrder, lockOrder, lockPayment } from "./lock-order";
import { orderSubject } from "./order-subject";
import { sumRefunded } from "./record-refund";
import { enqueueSaleFollowUps, notifyBuyerOfRefund } from "./sale-tasks";
import { releaseStock, reserveStock } from "./stock";

/** Money that the provider says it has taken. */
export interface Payment {
  orderId: string;
  paymentIntentId: string;
  /** Null where what told of it does not know. */
  sessionId: string | null;
  amountMinor: number;
  /** ISO 4217, upper case. */
  currency: string;
}

/**
 * Notes a payment: the order is paid, and all that must follow is enqueued, in the caller's transaction. Whoever
 * tells of it (an event, another event about the same payment, the check task), in whatever order and however
 * often: the order's state decides, and only the first changes anything.
 *
 * - Paid after the order was given up: it is filled if there is still enough, else the money goes back.
 * - Refunded before this was heard: the order is refunded, and nothing is delivered.
 * - Another amount, currency or payment than the order's: an alert, and nothing is delivered.
 *
 * @returns `mismatch` when the order was left as it is, for somebody to decide
 */
export async function recordPayment(tx: Transaction, payment: Payment): Promise<"settled" | "mismatch"> {
  await lockPayment(tx, payment.paymentIntentId);
  const order = await lockOrder(tx, payment.orderId);
  if (!order) {
    log().warn({ orderId: payment.orderId }, "a payment for an order that is not known here");
    return "settled";
  }
  if (order.paymentIntentId === payment.paymentIntentId) return "settled";
  const mismatch = describeMismatch(order, payment);
  if (mismatch) {
    await raiseAlert(tx, {
      kind: "payment_mismatch",
      subject: orderSubject(order.id),
      message: `${mismatch}; payment ${payment.paymentIntentId} waits for somebody to decide`,
    });
    return "mismatch";
  }
  const refundedMinor = await sumRefunded(tx, payment.paymentIntentId, order.amountMinor);
  const isFullRefund = refundedMinor === order.amountMinor;
  if (isFullRefund) await markRefunded(tx, order, payment);
  else if (order.status === "pending" || (await reserveStockAgain(tx, order)))
    await markPaid(tx, order, payment, refundedMinor);
  else await refundLatePayment(tx, order, payment, refundedMinor);
  if (refundedMinor > 0) {
    await notifyBuyerOfRefund(tx, order, { amountMinor: refundedMinor, refundedMinor, isFullRefund });
  }
  return "settled";
}

async function markPaid(tx: Transaction, order: LockedOrder, payment: Payment, refundedMinor: number) {
  await tx.order.update({
    where: { id: order.id },
    data: { ...paymentColumns(payment), status: "paid", closedAt: null, refundedMinor },
  });
  await enqueueSaleFollowUps(tx, order);
}

function describeMismatch(order: LockedOrder, payment: Payment): string | null {
  if (order.paymentIntentId !== null) return `paid twice, first as ${order.paymentIntentId}`;
  if (payment.sessionId !== null && order.sessionId !== null && payment.sessionId !== order.sessionId) {
    return `paid in checkout ${payment.sessionId}, which is not the order's`;
  }
  if (payment.amountMinor === order.amountMinor && payment.currency === order.currency) return null;
  return `paid ${payment.amountMinor} ${payment.currency} for an order of ${order.amountMinor} ${order.currency}`;
}

function paymentColumns({ paymentIntentId, sessionId }: Payment) {
  return {
    paymentIntentId,
    paidAt: new Date(now()),
    checkoutUrl: null,
    ...(sessionId ? { sessionId } : {}),
  };
}

async function reserveStockAgain(tx: Transaction, { productId, quantity }: LockedOrder): Promise<boolean> {
  return productId !== null && reserveStock(tx, productId, quantity);
}

/** The refund was here first. */
async function markRefunded(tx: Transaction, order: LockedOrder, payment: Payment) {
  await tx.order.update({
    where: { id: order.id },
    data: {
      ...paymentColumns(payment),
      status: "refunded",
      refundedMinor: order.amountMinor,
      closedAt: new Date(now()),
    },
  });
  if (order.status === "pending") await releaseStock(tx, order.productId, order.quantity);
}

/** Paid too late, and sold to others meanwhile: the order stays failed until its money has gone back. */
async function refundLatePayment(
  tx: Transaction,
  order: LockedOrder,
  payment: Payment,
  refundedMinor: number,
) {
  await tx.order.update({ where: { id: order.id }, data: { ...paymentColumns(payment), refundedMinor } });
  await enqueue(
    tx,
    "payments",
    { action: "refund", orderId: order.id, reason: "requested_by_customer" },
    { key: `refund:${order.id}:too-late`, subject: orderSubject(order.id) },
  );
  await raiseAlert(tx, {
    kind: "delivery_failed",
    subject: orderSubject(order.id),
    message: "paid after it was given up, and sold out since: the money goes back by itself",
  });
}
