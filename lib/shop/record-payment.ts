import { accountTag, cacheManager } from "../cache";
import { now } from "../core/clock";
import { log } from "../core/log";
import type { Transaction } from "../db";
import { moneyMinor } from "../schemas/bonus-price";
import { backgroundTaskService, raiseAlert } from "../tasks";
import { type LockedOrder, lockOrder, lockPayment, orderSubject, orderTaskOptions } from "./lock-order";
import { returnBonuses, takeBonusesAgain } from "./order-bonuses";
import { cancelOrderChecks } from "./order-checks";
import { notifyBuyerOfRefund, sumRefunded } from "./record-refund";
import { releaseStock, reserveStock } from "./stock";

/** A payment that the provider has taken. */
export interface Payment {
  orderId: string;
  paymentIntentId: string;
  /** Null when the payment's source does not name it. */
  sessionId: string | null;
  amountMinor: number;
  /** ISO 4217, upper case. */
  currency: string;
}

/**
 * Records a payment in the caller's transaction: the order becomes paid, and everything that follows is enqueued. Safe
 * to repeat, from any source (an event, another event about the same payment, the check task) and in any order: the
 * order's status decides, and only the first call changes anything.
 *
 * - Paid after the order failed: it is filled if there is enough stock, and if the buyer still has the bonuses that
 *   pay a part of it, else refunded.
 * - Refunded before the payment was recorded: the order becomes refunded, and nothing is delivered.
 * - Amount, currency or payment differ from the order's: an alert, and nothing is delivered.
 *
 * @returns `mismatch` when the order was left unchanged, for an operator to decide
 */
export async function recordPayment(tx: Transaction, payment: Payment): Promise<"settled" | "mismatch"> {
  await lockPayment(tx, payment.paymentIntentId);
  const order = await lockOrder(tx, payment.orderId);
  if (!order) {
    log().warn({ orderId: payment.orderId }, "payment ignored: unknown order");
    return "settled";
  }
  if (order.paymentIntentId === payment.paymentIntentId) return "settled";
  const mismatch = describeMismatch(order, payment);
  if (mismatch) {
    await raiseAlert(tx, {
      kind: "payment_mismatch",
      subject: orderSubject(order.id),
      message: `${mismatch}; an operator must decide on payment ${payment.paymentIntentId}`,
    });
    return "mismatch";
  }
  const paidMinor = moneyMinor(order);
  const refundedMinor = await sumRefunded(tx, payment.paymentIntentId, paidMinor);
  const isFullRefund = refundedMinor === paidMinor;
  if (isFullRefund) await markRefunded(tx, order, payment);
  else if (order.status === "pending" || (await fillAgain(tx, order)))
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
  await cancelOrderChecks(tx, order.id);
  await enqueueSaleFollowUps(tx, order);
  if (order.buyerId !== null) await cacheManager.invalidateAfterCommit(tx, [accountTag(order.buyerId)]);
}

/**
 * Enqueues everything that follows a payment, in the transaction that records it. The same for every order: the
 * `referral-bonuses` task finds out whether the buyer has a referrer, even when the buyer's account was deleted.
 */
async function enqueueSaleFollowUps(tx: Transaction, order: LockedOrder): Promise<void> {
  const { id: orderId } = order;
  const options = orderTaskOptions(tx, order, orderId);
  await backgroundTaskService.deliverGoods(orderId, options);
  await backgroundTaskService.updateReferralBonus(orderId, options);
  await backgroundTaskService.notifySupplier({ orderId, event: "sold" }, options);
  await backgroundTaskService.updateLeaderboards(orderId, options);
}

function describeMismatch(order: LockedOrder, payment: Payment): string | null {
  if (order.paymentIntentId !== null) return `paid twice, first as ${order.paymentIntentId}`;
  if (payment.sessionId !== null && order.sessionId !== null && payment.sessionId !== order.sessionId) {
    return `paid in checkout ${payment.sessionId}, which is not the order's`;
  }
  const dueMinor = moneyMinor(order);
  if (payment.amountMinor === dueMinor && payment.currency === order.currency) return null;
  return `paid ${payment.amountMinor} ${payment.currency} for an order of ${dueMinor} ${order.currency}`;
}

function paymentColumns({ paymentIntentId, sessionId }: Payment) {
  return {
    paymentIntentId,
    paidAt: new Date(now()),
    checkoutUrl: null,
    ...(sessionId ? { sessionId } : {}),
  };
}

/** Reserves the goods of a failed order again, and takes its bonuses again if they have returned. */
async function fillAgain(tx: Transaction, order: LockedOrder): Promise<boolean> {
  const { productId, quantity } = order;
  return takeBonusesAgain(tx, order, {
    fill: async () => productId !== null && (await reserveStock(tx, productId, quantity)),
    undo: () => releaseStock(tx, productId, quantity),
  });
}

/** The refund was recorded before the payment. */
async function markRefunded(tx: Transaction, order: LockedOrder, payment: Payment) {
  await tx.order.update({
    where: { id: order.id },
    data: {
      ...paymentColumns(payment),
      status: "refunded",
      refundedMinor: moneyMinor(order),
      closedAt: new Date(now()),
    },
  });
  await returnBonuses(tx, order, "refunded");
  if (order.status === "pending") await releaseStock(tx, order.productId, order.quantity);
}

/** Paid too late, and the goods or the bonuses are gone: the order stays failed until it is refunded. */
async function refundLatePayment(
  tx: Transaction,
  order: LockedOrder,
  payment: Payment,
  refundedMinor: number,
) {
  await tx.order.update({ where: { id: order.id }, data: { ...paymentColumns(payment), refundedMinor } });
  await returnBonuses(tx, order, "unpaid");
  await backgroundTaskService.processPayment(
    { action: "refund", orderId: order.id, reason: "requested_by_customer" },
    { tx, key: `refund:${order.id}:too-late`, subject: orderSubject(order.id) },
  );
  await raiseAlert(tx, {
    kind: "delivery_failed",
    subject: orderSubject(order.id),
    message:
      "order paid after it had failed, and its goods or bonuses are gone since: it is refunded automatically",
  });
}
