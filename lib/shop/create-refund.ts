import Stripe from "stripe";
import { failpoint } from "../core/failpoint";
import { db, type Transaction, transaction } from "../db";
import { closeAlerts, NonRetryableTaskError, type Payload, raiseAlert, type TaskContext } from "../tasks";
import { orderSubject } from "./lock-order";
import type { ProviderRefund } from "./record-refund";
import { stripe } from "./stripe";

type RefundPayload = Extract<Payload<"payments">, { action: "refund" }>;

/** How many refunds of one payment are searched. */
const MAX_REFUNDS = 100;

/** Ends the message of an alert about a refusal that is not final. */
const RETRIED = "; it is retried";

/** Refusals that one attempt passes over; a task is tried less often in the day for which the provider keeps them. */
const MAX_STORED_REFUSALS = 100;

/**
 * Refusals that no later attempt can change. Any other is tried again until the task's deadline: an empty balance is
 * filled, a restricted account is released.
 */
const FINAL_CODES = new Set([
  "resource_missing",
  "charge_disputed",
  "refund_disputed_payment",
  "amount_too_small",
]);

/**
 * Creates a refund at the provider once, under idempotency keys made of the task's id. Safe to retry: the provider
 * keeps keys for one day only and a task may live longer, so a later attempt first searches for the refund.
 *
 * @returns the provider's refunds; its events report the same ones, and each is recorded once
 * @throws {NonRetryableTaskError} when the refund can never succeed; the provider's error when it may succeed later
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
    const refund = await requestRefund(
      {
        payment_intent: paymentIntentId,
        reason,
        // Without an amount the provider refunds everything that is left at that moment.
        ...(amountMinor === undefined ? {} : { amount: amountMinor }),
        metadata: { orderId, taskId },
      },
      `refund-${taskId}`,
    );
    await failpoint("shop.refund.made");
    return [toProviderRefund(refund, paymentIntentId)];
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
    if (error.code !== "charge_already_refunded") {
      const message = `refund refused by the provider: ${error.message}`;
      if (isFinalRefusal(error)) throw new NonRetryableTaskError(message, { cause: error });
      await transaction((tx) =>
        raiseAlert(tx, {
          kind: "refund_failed",
          subject: orderSubject(orderId),
          message: `${message}${RETRIED}`,
        }),
      );
      throw error;
    }
    // Refunded meanwhile by another request, for example in the provider's dashboard.
    return (await listRefunds(paymentIntentId)).map((refund) => toProviderRefund(refund, paymentIntentId));
  }
}

/** Closes the alert about an earlier refusal, in the transaction that records the refund. */
export async function closeRefusalAlert(tx: Transaction, orderId: string): Promise<void> {
  const subject = orderSubject(orderId);
  await closeAlerts(tx, { kind: "refund_failed", subject, message: { endsWith: RETRIED } });
}

/**
 * The provider stores a refusal under its idempotency key and repeats it for a day, whatever has changed. A repeated
 * refusal shows that the key's request did nothing, so the next key may be used; after any other outcome, known or
 * not, the key stays the same. The keys are always tried in one order, so concurrent attempts meet at one of them.
 */
async function requestRefund(params: Stripe.RefundCreateParams, key: string): Promise<Stripe.Refund> {
  for (let refusals = 0; ; refusals += 1) {
    const idempotencyKey = refusals === 0 ? key : `${key}-${refusals}`;
    try {
      return await stripe().refunds.create(params, { idempotencyKey });
    } catch (error) {
      if (!isStoredRefusal(error) || refusals === MAX_STORED_REFUSALS) throw error;
    }
  }
}

function isStoredRefusal(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeInvalidRequestError &&
    error.headers?.["idempotent-replayed"] === "true"
  );
}

function isFinalRefusal({ code, param }: Stripe.errors.StripeInvalidRequestError): boolean {
  // More than is left has no code.
  return param === "amount" || FINAL_CODES.has(code ?? "") || (code ?? "").startsWith("parameter_");
}

async function listRefunds(paymentIntentId: string): Promise<Stripe.Refund[]> {
  const { data } = await stripe().refunds.list({ payment_intent: paymentIntentId, limit: MAX_REFUNDS });
  return data;
}

function toProviderRefund({ id, amount, status }: Stripe.Refund, paymentIntentId: string): ProviderRefund {
  return { id, paymentIntentId, amountMinor: amount, status: status ?? "pending" };
}
