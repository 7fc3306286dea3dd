import { z } from "zod";
import { accountTag, cacheManager } from "../cache";
import { now } from "../core/clock";
import type { Transaction } from "../db";
import { moneyMinor } from "../schemas/bonus-price";
import { isSold } from "../schemas/order-status";
import { backgroundTaskService, raiseAlert, type TaskOptions } from "../tasks";
import { links } from "./links";
import { type LockedOrder, lockOrder, lockPayment, orderSubject, orderTaskOptions } from "./lock-order";
import { returnBonuses } from "./order-bonuses";
import { releaseStock } from "./stock";

/** A refund as the provider reports it. */
export interface ProviderRefund {
  /** The provider's id: `re_…`, or the charge's (`ch_…`) for the sum of all its refunds. */
  id: string;
  paymentIntentId: string;
  amountMinor: number;
  /** `pending`, `requires_action`, `succeeded`, `failed` or `canceled`; `total` for a charge's sum. */
  status: string;
}

/** Status of a row that has the sum of a charge's refunds, from an event that names none of them. */
export const CHARGE_TOTAL_STATUS = "total";

/**
 * Records a refund in the caller's transaction. Safe to repeat: events and the response to our own request report the
 * same refund. One that arrives before its payment is applied when `recordPayment` records the payment.
 */
export async function recordRefund(tx: Transaction, refund: ProviderRefund): Promise<void> {
  await lockPayment(tx, refund.paymentIntentId);
  await upsertRefund(tx, refund);
  const found = await tx.order.findUnique({
    where: { paymentIntentId: refund.paymentIntentId },
    select: { id: true },
  });
  const order = found && (await lockOrder(tx, found.id));
  if (!order) return;
  if (refund.status === "failed" || refund.status === "canceled")
    await raiseRefundFailedAlert(tx, order, refund);
  await applyRefunds(tx, order, refund.paymentIntentId);
}

/** Reports arrive in any order: a finished refund never becomes open again, and an amount only grows. */
async function upsertRefund(tx: Transaction, { id, paymentIntentId, amountMinor, status }: ProviderRefund) {
  await tx.$executeRaw`
INSERT INTO "Refund" (id, "paymentIntentId", "amountMinor", status)
VALUES (${id}, ${paymentIntentId}, ${amountMinor}, ${status})
ON CONFLICT (id) DO UPDATE SET
  status = CASE WHEN "Refund".status IN ('failed', 'canceled')
      OR ("Refund".status = 'succeeded' AND excluded.status IN ('pending', 'requires_action'))
    THEN "Refund".status ELSE excluded.status END,
  "amountMinor" = greatest("Refund"."amountMinor", excluded."amountMinor")`;
}

const refundedSumRowsSchema = z.tuple([z.object({ refunded: z.coerce.number() })]);

/**
 * Total refunded of a payment: its successful refunds, or the charge's own sum where that is ahead of them. The
 * largest reported sum may include refunds that have failed since, which are subtracted.
 * @param maxMinor  upper limit: what was paid for the order
 */
export async function sumRefunded(
  tx: Transaction,
  paymentIntentId: string,
  maxMinor: number,
): Promise<number> {
  const rows = await tx.$queryRaw`
SELECT greatest(
  coalesce(sum("amountMinor") FILTER (WHERE status = 'succeeded'), 0),
  coalesce(max("amountMinor") FILTER (WHERE status = ${CHARGE_TOTAL_STATUS}), 0)
    - coalesce(sum("amountMinor") FILTER (WHERE status IN ('failed', 'canceled')), 0)
)::float8 AS refunded FROM "Refund" WHERE "paymentIntentId" = ${paymentIntentId}`;
  const [{ refunded }] = refundedSumRowsSchema.parse(rows);
  return Math.min(refunded, maxMinor);
}

/** How many refunds of a payment failed: after each failure, the same amount is a new refund. */
export async function countFailedRefunds(tx: Transaction, paymentIntentId: string): Promise<number> {
  return tx.refund.count({ where: { paymentIntentId, status: { in: ["failed", "canceled"] } } });
}

/** Updates an order to the total refunded of its payment. */
async function applyRefunds(tx: Transaction, order: LockedOrder, paymentIntentId: string): Promise<void> {
  const paidMinor = moneyMinor(order);
  const refundedMinor = await sumRefunded(tx, paymentIntentId, paidMinor);
  const deltaMinor = refundedMinor - order.refundedMinor;
  if (deltaMinor === 0) return;
  const isFullRefund = refundedMinor === paidMinor && order.status !== "refunded";
  await tx.order.update({
    where: { id: order.id },
    data: {
      refundedMinor,
      ...(isFullRefund ? { status: "refunded", closedAt: new Date(now()), checkoutUrl: null } : {}),
    },
  });
  if (isFullRefund && order.buyerId !== null)
    await cacheManager.invalidateAfterCommit(tx, [accountTag(order.buyerId)]);
  const wasSold = isSold(order.status);
  const failedCount = await countFailedRefunds(tx, paymentIntentId);
  if (wasSold && failedCount > 0) {
    // The total may return to an earlier value; the failure count keeps the key unique, so the boards follow each time.
    const key = `${order.id}:refunds-failed:${failedCount}:${refundedMinor}`;
    await backgroundTaskService.updateLeaderboards(order.id, { tx, key, subject: orderSubject(order.id) });
  }
  // Less than before: a refund failed after it had succeeded, which raised an alert.
  if (deltaMinor < 0) return;
  if (isFullRefund) await returnBonuses(tx, order, "refunded");
  if (wasSold && isFullRefund) await revokeDeliveries(tx, order);
  if (wasSold) await enqueueRefundFollowUps(tx, order, { refundedMinor, isFullRefund });
  await notifyBuyerOfRefund(tx, order, { amountMinor: deltaMinor, refundedMinor, isFullRefund });
}

/** Revokes an order's deliveries and releases the goods, except tickets that were used. */
async function revokeDeliveries(tx: Transaction, { id, productId, quantity }: LockedOrder): Promise<void> {
  await tx.delivery.updateMany({
    where: { orderId: id, revokedAt: null },
    data: { revokedAt: new Date(now()) },
  });
  const usedCount = await tx.delivery.count({ where: { orderId: id, usedAt: { not: null } } });
  await releaseStock(tx, productId, quantity - usedCount);
}

function raiseRefundFailedAlert(tx: Transaction, { id }: LockedOrder, refund: ProviderRefund): Promise<void> {
  return raiseAlert(tx, {
    kind: "refund_failed",
    subject: orderSubject(id),
    message: `refund ${refund.id} of ${refund.amountMinor} is ${refund.status} at the provider`,
  });
}

/**
 * Enqueues everything that follows a refund of a sale, partial or full: leaderboards, the seller's notification and
 * the reversal of the referrer's bonus. Grant and reversal give the same result in either order.
 *
 * @param refundedMinor  total refunded so far; it only grows, so it makes each refund's task keys unique
 */
async function enqueueRefundFollowUps(
  tx: Transaction,
  order: LockedOrder,
  { refundedMinor, isFullRefund }: { refundedMinor: number; isFullRefund: boolean },
): Promise<void> {
  const { id: orderId } = order;
  const keySuffix = isFullRefund ? "" : `:${refundedMinor}`;
  const options = orderTaskOptions(tx, order, `${orderId}:refunded${keySuffix}`);
  await backgroundTaskService.updateLeaderboards(orderId, options);
  await backgroundTaskService.notifySupplier({ orderId, event: "refunded" }, options);
  const reversal = orderTaskOptions(tx, order, `${orderId}:reverse${keySuffix}`);
  await backgroundTaskService.updateReferralBonus(orderId, reversal);
}

/** Enqueues the buyer's notification and mail about a refund. */
export async function notifyBuyerOfRefund(
  tx: Transaction,
  order: LockedOrder,
  {
    amountMinor,
    refundedMinor,
    isFullRefund,
  }: { amountMinor: number; refundedMinor: number; isFullRefund: boolean },
): Promise<void> {
  const { id: orderId, buyerId, buyer, title, currency } = order;
  if (!buyerId || !buyer) return;
  const options: TaskOptions = { tx, key: `refund:${orderId}:${refundedMinor}`, ownerId: buyerId };
  await backgroundTaskService.sendTypedNotification(
    { userId: buyerId, kind: "refund", data: { orderId, title, amountMinor, currency } },
    options,
  );
  await backgroundTaskService.sendTemplatedEmail(
    {
      to: { userId: buyerId },
      locale: order.locale === "en" ? "en" : "ru",
      template: "refund",
      props: {
        buyerName: buyer.name,
        productTitle: title,
        amount: { amountMinor, currency },
        whole: isFullRefund,
        ...(isFullRefund && order.bonusMinor > 0 ? { bonusesReturned: true } : {}),
        orderLink: links.order(orderId),
      },
    },
    options,
  );
}
