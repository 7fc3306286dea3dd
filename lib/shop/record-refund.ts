import { z } from "zod";
import { now } from "../core/clock";
import type { Transaction } from "../db";
import { enqueue, raiseAlert } from "../tasks";
import { type LockedOrder, lockOrder, lockPayment } from "./lock-order";
import { orderSubject } from "./order-subject";
import { enqueueSaleRefund, tellBuyerOfRefund } from "./sale-tasks";
import { returnStock } from "./stock";

/** Money that goes back, as the provider knows it. */
export interface RefundFact {
  /** The provider's: `re_…`, or the charge's (`ch_…`) for the sum of all its refunds. */
  id: string;
  paymentIntentId: string;
  amountMinor: number;
  /** `pending`, `requires_action`, `succeeded`, `failed` or `canceled`; of a charge `total`. */
  status: string;
}

/** The refunds of a charge in one number, from an event that names none of them. */
export const TOTAL = "total";

/**
 * Notes a refund, in the caller's transaction. It may be told of any number of times, by events, by the answer to
 * our own request, and before the payment it takes back: then it waits for {@link settlePaid}.
 */
export async function recordRefund(tx: Transaction, fact: RefundFact): Promise<void> {
  await lockPayment(tx, fact.paymentIntentId);
  await keepFact(tx, fact);
  const found = await tx.order.findUnique({
    where: { paymentIntentId: fact.paymentIntentId },
    select: { id: true },
  });
  const order = found && (await lockOrder(tx, found.id));
  if (!order) return;
  if (fact.status === "failed" || fact.status === "canceled") await alertFailed(tx, order, fact);
  await applyRefunds(tx, order, fact.paymentIntentId);
}

/** Facts come in any order: what is over does not become open again, and a sum only grows. */
async function keepFact(tx: Transaction, { id, paymentIntentId, amountMinor, status }: RefundFact) {
  await tx.$executeRaw`
INSERT INTO "Refund" (id, "paymentIntentId", "amountMinor", status)
VALUES (${id}, ${paymentIntentId}, ${amountMinor}, ${status})
ON CONFLICT (id) DO UPDATE SET
  status = CASE WHEN "Refund".status IN ('failed', 'canceled')
      OR ("Refund".status = 'succeeded' AND excluded.status IN ('pending', 'requires_action'))
    THEN "Refund".status ELSE excluded.status END,
  "amountMinor" = greatest("Refund"."amountMinor", excluded."amountMinor")`;
}

const sumsSchema = z.tuple([z.object({ refunded: z.coerce.number() })]);

/**
 * What went back of a payment so far: its refunds, or the charge's own sum where that is ahead of them. The largest
 * sum that was told may hold refunds which failed since.
 * @param most  the order's amount
 */
export async function refundedOf(tx: Transaction, paymentIntentId: string, most: number): Promise<number> {
  const rows = await tx.$queryRaw`
SELECT greatest(
  coalesce(sum("amountMinor") FILTER (WHERE status = 'succeeded'), 0),
  coalesce(max("amountMinor") FILTER (WHERE status = ${TOTAL}), 0)
    - coalesce(sum("amountMinor") FILTER (WHERE status IN ('failed', 'canceled')), 0)
)::float8 AS refunded FROM "Refund" WHERE "paymentIntentId" = ${paymentIntentId}`;
  const [{ refunded }] = sumsSchema.parse(rows);
  return Math.min(refunded, most);
}

/** How many refunds of a payment came to nothing: after each, the same amount is another refund. */
export async function failedRefunds(tx: Transaction, paymentIntentId: string): Promise<number> {
  return tx.refund.count({ where: { paymentIntentId, status: { in: ["failed", "canceled"] } } });
}

/** Brings an order up to what went back of its payment. */
async function applyRefunds(tx: Transaction, order: LockedOrder, paymentIntentId: string): Promise<void> {
  const refundedMinor = await refundedOf(tx, paymentIntentId, order.amountMinor);
  const newlyMinor = refundedMinor - order.refundedMinor;
  if (newlyMinor === 0) return;
  const isWhole = refundedMinor === order.amountMinor && order.status !== "refunded";
  await tx.order.update({
    where: { id: order.id },
    data: {
      refundedMinor,
      ...(isWhole ? { status: "refunded", closedAt: new Date(now()), checkoutUrl: null } : {}),
    },
  });
  const wasSold = order.status === "paid" || order.status === "delivered";
  const failed = await failedRefunds(tx, paymentIntentId);
  if (wasSold && failed > 0) {
    // The sum may have been here before, and be here again; each time the boards must hear of it.
    const key = `${order.id}:refunds-failed:${failed}:${refundedMinor}`;
    await enqueue(tx, "leaderboards", { orderId: order.id }, { key, subject: orderSubject(order.id) });
  }
  // Less than before: a refund failed after it had succeeded, and an alert says so.
  if (newlyMinor < 0) return;
  if (wasSold && isWhole) await takeBack(tx, order);
  if (wasSold) await enqueueSaleRefund(tx, order, { refundedMinor, isWhole });
  await tellBuyerOfRefund(tx, order, { amountMinor: newlyMinor, refundedMinor, isWhole });
}

/** What was handed over opens nothing any more, and others may buy it; a ticket that was used is gone. */
async function takeBack(tx: Transaction, { id, productId, quantity }: LockedOrder): Promise<void> {
  await tx.delivery.updateMany({
    where: { orderId: id, revokedAt: null },
    data: { revokedAt: new Date(now()) },
  });
  const used = await tx.delivery.count({ where: { orderId: id, usedAt: { not: null } } });
  await returnStock(tx, productId, quantity - used);
}

function alertFailed(tx: Transaction, { id }: LockedOrder, fact: RefundFact): Promise<void> {
  return raiseAlert(tx, {
    kind: "refund_failed",
    subject: orderSubject(id),
    message: `refund ${fact.id} of ${fact.amountMinor} is ${fact.status} at the provider`,
  });
}
