import Stripe from "stripe";
import { failpoint } from "../core/failpoint";
import { db } from "../db";
import { NonRetryableTaskError, type Payload, type TaskContext } from "../tasks";
import type { ProviderRefund } from "./record-refund";
import { stripe } from "./stripe";

type RefundPayload = Extract<Payload<"payments">, { action: "refund" }>;

/** The most refunds of one payment that are looked through. */
const MAX_REFUNDS = 100;

/**
 * Has the provider give money back, once: under an idempotency key made of the task's id. The provider forgets keys
 * after a day and a task may live longer, so a later attempt looks first whether the refund is there.
 *
 * @returns all that the provider tells of; the event says the same, and it is noted once
 * @throws {NonRetryableTaskError} when it can never be done
 */
export async function createRefund(
  { orderId, amountMinor, reason }: RefundPayload,
  { taskId, attempt }: Pick<TaskContext, "taskId" | "attempt">,
): Promise<ProviderRefund[]> {
  const order = await db().order.findUnique({
    where: { id: orderId },
    select: { paymentIntentId: true },
  });
  const paymentIntentId = order?.paymentIntentId;
  if (!paymentIntentId) throw new NonRetryableTaskError("the order has no payment to give back");
  if (attempt > 1) {
    const existing = (await listRefunds(paymentIntentId)).filter(
      ({ metadata }) => metadata?.taskId === taskId,
    );
    if (existing.length > 0) return existing.map((refund) => toProviderRefund(refund, paymentIntentId));
  }
  try {
    const refund = await stripe().refunds.create(
      {
        payment_intent: paymentIntentId,
        reason,
        // Without an amount it is all that is left, whatever that is by then.
        ...(amountMinor === undefined ? {} : { amount: amountMinor }),
        metadata: { orderId, taskId },
      },
      { idempotencyKey: `refund-${taskId}` },
    );
    await failpoint("shop.refund.made");
    return [toProviderRefund(refund, paymentIntentId)];
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
    if (error.code !== "charge_already_refunded") {
      throw new NonRetryableTaskError(`the provider does not refund: ${error.message}`, { cause: error });
    }
    // Somebody was faster, in the provider's own console perhaps.
    return (await listRefunds(paymentIntentId)).map((refund) => toProviderRefund(refund, paymentIntentId));
  }
}

async function listRefunds(paymentIntentId: string): Promise<Stripe.Refund[]> {
  const { data } = await stripe().refunds.list({ payment_intent: paymentIntentId, limit: MAX_REFUNDS });
  return data;
}

function toProviderRefund({ id, amount, status }: Stripe.Refund, paymentIntentId: string): ProviderRefund {
  return { id, paymentIntentId, amountMinor: amount, status: status ?? "pending" };
}
