import Stripe from "stripe";
import { z } from "zod";
import { now } from "../core/clock";
import { env } from "../core/env";
import { AppError } from "../core/errors";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { isStorable } from "../core/text";
import { type Transaction, transaction } from "../db";
import { idSchema } from "../schemas/id";
import { MAX_AMOUNT_MINOR } from "../schemas/limits";
import { failOrder } from "./fail-order";
import { type Payment, recordPayment } from "./record-payment";
import { CHARGE_TOTAL_STATUS, recordRefund } from "./record-refund";
import { paymentsUnavailableError } from "./stripe";

/** Maximum age of a signature: bounds how long a recorded request can be replayed. */
const SIGNATURE_TOLERANCE_SECONDS = 300;

export const eventReceiptSchema = z.object({
  received: z.literal(true),
  /** `applied`: the event had an effect. `noted`: it was only recorded. `known`: it is a duplicate. */
  outcome: z.enum(["applied", "noted", "known"]),
});

export type EventReceipt = z.infer<typeof eventReceiptSchema>;

/**
 * Receives one event of the payment provider. Its id and its effects commit together, so a duplicate, even a
 * concurrent one, changes nothing.
 *
 * @param body  the raw text of the request, which the signature is for
 * @throws {AppError} unauthenticated for a missing, wrong or old signature; bad_request for a body that is not an
 *         event; unavailable without the secret, or without Postgres: the provider sends it again
 */
export async function receivePaymentEvent(body: string, signature: string | null): Promise<EventReceipt> {
  const event = await verifyEvent(body, signature);
  const { orderId, apply } = planEvent(event);
  const outcome = await transaction(async (tx) => {
    const isNew = await tx.$executeRaw`
INSERT INTO "PaymentEvent" (id, type, "orderId", "receivedAt")
VALUES (${event.id}, ${event.type}, ${orderId}::uuid, ${new Date(now())}) ON CONFLICT (id) DO NOTHING`;
    if (isNew === 0) return "known";
    await apply?.(tx);
    await failpoint("shop.event.applied");
    return apply ? "applied" : "noted";
  });
  log().info({ event: event.id, type: event.type, orderId, outcome }, "payment event received");
  await failpoint("shop.event.committed");
  return { received: true, outcome };
}

const eventSchema = z.object({
  id: z.string().min(1).max(255).refine(isStorable),
  type: z.string().min(1).max(255).refine(isStorable),
  data: z.object({ object: z.looseObject({}) }),
});

/** Verifies the signature before the body is parsed. */
async function verifyEvent(body: string, signature: string | null): Promise<Stripe.Event> {
  const secret = env().STRIPE_WEBHOOK_SECRET;
  if (secret === undefined) throw paymentsUnavailableError();
  let event: Stripe.Event;
  try {
    event = await Stripe.webhooks.constructEventAsync(
      body,
      signature ?? "",
      secret,
      SIGNATURE_TOLERANCE_SECONDS,
      undefined,
      now(),
    );
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new AppError("bad_request", { message: "malformed_json", cause });
    throw new AppError("unauthenticated", { message: "bad_signature", cause });
  }
  if (!eventSchema.safeParse(event).success) throw new AppError("bad_request");
  return event;
}

/** The effect of a payment event. */
interface EventPlan {
  /** The event's order, where the event itself names it. */
  orderId: string | null;
  /** Applies the event; absent for an event that is only recorded. */
  apply?: (tx: Transaction) => Promise<void>;
}

/** Ids and enum values of the provider; none is longer. */
const providerTextSchema = z.string().max(255).refine(isStorable);

/** A reference to another object of the provider: its id, or the expanded object. */
const referenceSchema = z
  .union([providerTextSchema, z.object({ id: providerTextSchema })])
  .nullish()
  .transform((value) => (typeof value === "object" ? (value?.id ?? null) : (value ?? null)));

/** The order's id; null for objects of other shops on the same provider account. */
const metadataSchema = z
  .object({ orderId: idSchema.optional().catch(undefined) })
  .nullish()
  .transform((value) => value?.orderId ?? null);

const providerCurrencySchema = providerTextSchema.toUpperCase();

/**
 * Refunds of other shops on the same provider account are recorded too, and in some currencies they exceed an integer
 * column. A refund of one of our orders never exceeds this limit.
 */
const capRefundedAmount = (amount: number) => Math.min(amount, MAX_AMOUNT_MINOR);

const sessionSchema = z.object({
  id: providerTextSchema,
  client_reference_id: idSchema.nullish().catch(null),
  payment_status: providerTextSchema,
  status: providerTextSchema.nullish(),
  payment_intent: referenceSchema,
  amount_total: z.int().nullish(),
  currency: providerCurrencySchema.nullish(),
});

const intentSchema = z.object({
  id: providerTextSchema,
  metadata: metadataSchema,
  amount_received: z.int().nullish(),
  currency: providerCurrencySchema,
});

const refundSchema = z.object({
  id: providerTextSchema,
  payment_intent: referenceSchema,
  amount: z.int().positive().transform(capRefundedAmount),
  status: providerTextSchema.nullish(),
});

const chargeSchema = z.object({
  id: providerTextSchema,
  metadata: metadataSchema,
  payment_intent: referenceSchema,
  amount_refunded: z.int().nonnegative().transform(capRefundedAmount),
});

/** The payment of a checkout session; null when it is unpaid or not ours. */
export function toPayment(session: unknown): Payment | null {
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

const planners: Readonly<Record<string, (object: unknown) => EventPlan>> = {
  "checkout.session.completed": planPaid,
  "checkout.session.async_payment_succeeded": planPaid,
  "checkout.session.async_payment_failed": (object) => planUnpaid(object, { canStillPay: false }),
  "checkout.session.expired": (object) => planUnpaid(object, { canStillPay: false }),
  "payment_intent.succeeded": planIntentPaid,
  // The payment page stays open for another card; meanwhile the goods are released.
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
 * Parses an event whose signature was verified.
 * @throws {AppError} bad_request when its shape is not the provider's
 */
function planEvent(event: Pick<Stripe.Event, "id" | "type" | "data">): EventPlan {
  const plan = planners[event.type];
  if (!plan) return { orderId: null };
  try {
    return plan(event.data.object);
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause;
    log().error({ err: cause, event: event.id, type: event.type }, "payment event refused: unexpected shape");
    throw new AppError("bad_request", { cause });
  }
}

function planPaid(object: unknown): EventPlan {
  const payment = toPayment(object);
  const orderId = sessionSchema.parse(object).client_reference_id ?? null;
  return { orderId, ...(payment ? { apply: (tx) => applyPayment(tx, payment) } : {}) };
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
  return { orderId, apply: (tx) => applyPayment(tx, payment) };
}

async function applyPayment(tx: Transaction, payment: Payment): Promise<void> {
  await recordPayment(tx, payment);
}

function planUnpaid(object: unknown, options: { canStillPay: boolean }): EventPlan {
  const orderId = sessionSchema.parse(object).client_reference_id ?? null;
  return { orderId, ...(orderId ? { apply: (tx) => failOrder(tx, orderId, options) } : {}) };
}

function planRefund(object: unknown): EventPlan {
  const { id, payment_intent: paymentIntentId, amount, status } = refundSchema.parse(object);
  if (!paymentIntentId) return { orderId: null };
  const refund = { id, paymentIntentId, amountMinor: amount, status: status ?? "pending" };
  return { orderId: null, apply: (tx) => recordRefund(tx, refund) };
}

/** Has only the sum of a charge's refunds; a provider account may be set up to send no other refund event. */
function planRefundedCharge(object: unknown): EventPlan {
  const {
    id,
    metadata: orderId,
    payment_intent: paymentIntentId,
    amount_refunded,
  } = chargeSchema.parse(object);
  if (!paymentIntentId || amount_refunded === 0) return { orderId };
  const refund = { id, paymentIntentId, amountMinor: amount_refunded, status: CHARGE_TOTAL_STATUS };
  return { orderId, apply: (tx) => recordRefund(tx, refund) };
}
