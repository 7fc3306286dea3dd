import { z } from "zod";
import { now } from "../core/clock";
import type { Transaction } from "../db";
import { enqueue, raiseAlert } from "../tasks";
import { type LockedOrder, lockOrder, lockPayment } from "./lock-order";
import { orderSubject } from "./order-subject";
import { enqueueRefundFollowUps, notifyBuyerOfRefund } from "./sale-tasks";
import { releaseStock } from "./stock";

/** Money that goes back, as the provider knows it. */
export interface ProviderRefund {
  /** The provider's: `re_…`, or the charge's (`ch_…`) for the sum of all its refunds. */
  id: string;
  paymentIntentId: string;
  amountMinor: number;
  /** `pending`, `requires_action`, `succeeded`, `failed` or `canceled`; of a charge `total`. */
  status: string;
}

/** The refunds of a charge in one number, from an event that names none of them. */
export const CHARGE_TOTAL_STATUS = "total";

/**
 * Notes a refund, in the caller's transaction. It may be told of any number of times, by events, by the answer to
 * our own request, and before the payment it takes back: then it waits for {@link settlePaid}.
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

/** Facts come in any order: what is over does not become open again, and a sum only grows. */
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
 * What went back of a payment so far: its refunds, or the charge's own sum where that is ahead of them. The largest
 * sum that was told may hold refunds which failed since.
 * @param maxMinor  the order's amount
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

/** How many refunds of a payment came to nothing: after each, the same amount is another refund. */
export async function countFailedRefunds(tx: Transaction, paymentIntentId: string): Promise<number> {
  return tx.refund.count({ where: { paymentIntentId, status: { in: ["failed", "canceled"] } } });
}

/** Brings an order up to what went back of its payment. */
async function applyRefunds(tx: Transaction, order: LockedOrder, paymentIntentId: string): Promise<void> {
  const refundedMinor = await sumRefunded(tx, paymentIntentId, order.amountMinor);
  const deltaMinor = refundedMinor - order.refundedMinor;
  if (deltaMinor === 0) return;
  const isFullRefund = refundedMinor === order.amountMinor && order.status !== "refunded";
  await tx.order.update({
    where: { id: order.id },
    data: {
      refundedMinor,
      ...(isFullRefund ? { status: "refunded", closedAt: new Date(now()), checkoutUrl: null } : {}),
    },
  });
  const wasSold = order.status === "paid" || order.status === "delivered";
  const failedCount = await countFailedRefunds(tx, paymentIntentId);
  if (wasSold && failedCount > 0) {
    // The sum may have been here before, and be here again; each time the boards must hear of it.
    const key = `${order.id}:refunds-failed:${failedCount}:${refundedMinor}`;
    await enqueue(tx, "leaderboards", { orderId: order.id }, { key, subject: orderSubject(order.id) });
  }
  // Less than before: a refund failed after it had succeeded, and an alert says so.
  if (deltaMinor < 0) return;
  if (wasSold && isFullRefund) await revokeDeliveries(tx, order);
  if (wasSold) await enqueueRefundFollowUps(tx, order, { refundedMinor, isFullRefund });
  await notifyBuyerOfRefund(tx, order, { amountMinor: deltaMinor, refundedMinor, isFullRefund });
}

/** What was handed over opens nothing any more, and others may buy it; a ticket that was used is gone. */
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
