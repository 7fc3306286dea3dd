import type Stripe from "stripe";
import { z } from "zod";
import { AppError } from "../core/errors";
import { idSchema } from "../core/ids";
import { log } from "../core/log";
import { isStorable } from "../core/text";
import type { Transaction } from "../db";
import { MOST_AMOUNT_MINOR } from "./client";
import { failOrder } from "./fail-order";
import { type Payment, settlePaid } from "./record-payment";
import { recordRefund, TOTAL } from "./record-refund";

/** What an event means here. */
export interface EventPlan {
  /** Which order it is about, where the event itself says so. */
  orderId: string | null;
  /** What it changes; nothing for events that only need to be noted. */
  apply?: (tx: Transaction) => Promise<void>;
}

/** Ids and words of the provider; longer ones it has none. */
const text = z.string().max(255).refine(isStorable);

/** Of an object of the provider another one holds either the id or, when asked for, the whole. */
const reference = z
  .union([text, z.object({ id: text })])
  .nullish()
  .transform((value) => (typeof value === "object" ? (value?.id ?? null) : (value ?? null)));

/** Objects of other shops on the same account name no order of ours. */
const metadata = z
  .object({ orderId: idSchema.optional().catch(undefined) })
  .nullish()
  .transform((value) => value?.orderId ?? null);

const currency = text.toUpperCase();

/**
 * Refunds of other shops on the same account are noted too, and in some currencies they are larger than a column
 * holds; of an order of ours no more can go back than the most it can cost.
 */
const asRefunded = (amount: number) => Math.min(amount, MOST_AMOUNT_MINOR);

const sessionSchema = z.object({
  id: text,
  client_reference_id: idSchema.nullish().catch(null),
  payment_status: text,
  status: text.nullish(),
  payment_intent: reference,
  amount_total: z.int().nullish(),
  currency: currency.nullish(),
});

const intentSchema = z.object({
  id: text,
  metadata,
  amount_received: z.int().nullish(),
  currency,
});

const refundSchema = z.object({
  id: text,
  payment_intent: reference,
  amount: z.int().positive().transform(asRefunded),
  status: text.nullish(),
});

const chargeSchema = z.object({
  id: text,
  metadata,
  payment_intent: reference,
  amount_refunded: z.int().nonnegative().transform(asRefunded),
});

/** The payment in a checkout, where there is one of ours. */
export function paymentOf(session: unknown): Payment | null {
  const { id, client_reference_id, payment_status, payment_intent, amount_total, currency } =
    sessionSchema.parse(session);
  if (payment_status !== "paid" || !payment_intent || !client_reference_id) return null;
  return {
    orderId: client_reference_id,
    paymentIntentId: payment_intent,
    sessionId: id,
    amountMinor: amount_total ?? 0,
    currency: currency ?? "",
  };
}

const plans: Readonly<Record<string, (object: unknown) => EventPlan>> = {
  "checkout.session.completed": planPaid,
  "checkout.session.async_payment_succeeded": planPaid,
  "checkout.session.async_payment_failed": (object) => planUnpaid(object, { canStillPay: false }),
  "checkout.session.expired": (object) => planUnpaid(object, { canStillPay: false }),
  "payment_intent.succeeded": planIntentPaid,
  // The page stays open for another card; until then the goods are for others.
  "payment_intent.payment_failed": (object) => {
    const { metadata: orderId } = intentSchema.parse(object);
    return {
      orderId,
      ...(orderId ? { apply: (tx) => failOrder(tx, orderId, { canStillPay: true }) } : {}),
    };
  },
  "refund.created": planRefund,
  "refund.updated": planRefund,
  "refund.failed": planRefund,
  "charge.refund.updated": planRefund,
  "charge.refunded": planRefundedCharge,
};

/**
 * Reads an event whose signature is right.
 * @throws {AppError} bad_request when it is not as the provider makes them
 */
export function planOf(event: Pick<Stripe.Event, "id" | "type" | "data">): EventPlan {
  const plan = plans[event.type];
  if (!plan) return { orderId: null };
  try {
    return plan(event.data.object);
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
    log().error({ err: cause, event: event.id, type: event.type }, "an event of the payment provider is odd");
    throw new AppError("bad_request", { cause });
  }
}

function planPaid(object: unknown): EventPlan {
  const payment = paymentOf(object);
  const orderId = sessionSchema.parse(object).client_reference_id ?? null;
  return { orderId, ...(payment ? { apply: (tx) => settle(tx, payment) } : {}) };
}

function planIntentPaid(object: unknown): EventPlan {
  const { id, metadata: orderId, amount_received, currency } = intentSchema.parse(object);
  if (!orderId) return { orderId };
  const payment = {
    orderId,
    paymentIntentId: id,
    sessionId: null,
    amountMinor: amount_received ?? 0,
    currency,
  };
  return { orderId, apply: (tx) => settle(tx, payment) };
}

async function settle(tx: Transaction, payment: Payment): Promise<void> {
  await settlePaid(tx, payment);
}

function planUnpaid(object: unknown, how: { canStillPay: boolean }): EventPlan {
  const orderId = sessionSchema.parse(object).client_reference_id ?? null;
  return { orderId, ...(orderId ? { apply: (tx) => failOrder(tx, orderId, how) } : {}) };
}

function planRefund(object: unknown): EventPlan {
  const { id, payment_intent: paymentIntentId, amount, status } = refundSchema.parse(object);
  if (!paymentIntentId) return { orderId: null };
  const fact = { id, paymentIntentId, amountMinor: amount, status: status ?? "pending" };
  return { orderId: null, apply: (tx) => recordRefund(tx, fact) };
}

/** Names the sum alone; an account may be set up to send nothing else about refunds. */
function planRefundedCharge(object: unknown): EventPlan {
  const {
    id,
    metadata: orderId,
    payment_intent: paymentIntentId,
    amount_refunded,
  } = chargeSchema.parse(object);
  if (!paymentIntentId || amount_refunded === 0) return { orderId };
  const fact = { id, paymentIntentId, amountMinor: amount_refunded, status: TOTAL };
  return { orderId, apply: (tx) => recordRefund(tx, fact) };
}
