import Stripe from "stripe";
import { failpoint } from "../core/failpoint";
import { db } from "../db";
import { NonRetryableTaskError, type Payload, type TaskContext } from "../tasks";
import type { ProviderRefund } from "./record-refund";
import { stripe } from "./stripe";

type RefundPayload = Extract<Payload<"payments">, { action: "refund" }>;

/** How many refunds of one payment are searched. */
const MAX_REFUNDS = 100;

/**
 * Creates a refund at the provider once, under an idempotency key made of the task's id. Safe to retry: the provider
 * keeps keys for one day only and a task may live longer, so a later attempt first searches for the refund.
 *
 * @returns the provider's refunds; its events report the same ones, and each is recorded once
 * @throws {NonRetryableTaskError} when the refund can never succeed
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
  if (!paymentIntentId) throw new NonRetryableTaskError("refund impossible: the order has no payment");
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
        // Without an amount the provider refunds everything that is left at that moment.
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
      throw new NonRetryableTaskError(`refund refused by the provider: ${error.message}`, { cause: error });
    }
    // Refunded meanwhile by another request, for example in the provider's dashboard.
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
