import { newId } from "../ids";
import type { Charge, PaymentIntent, Session } from "../state/model";
import { cardCharge } from "./charge";
import type { Draft } from "./draft";

/** Buyer's address when the app passed none; Stripe's page would ask for one. */
const DEFAULT_BUYER_EMAIL = "buyer@example.com";

/**
 * Pays a session: completes it, its intent and its charge, atomically with their events. A session that is no longer
 * open is not changed.
 *
 * @returns whether this call paid it
 */
export function paySession(draft: Draft, sessionId: string): boolean {
  const session = draft.get("sessions", sessionId);
  if (session?.object.status !== "open") return false;
  const isFree = session.object.amount_total === 0;
  const paid = isFree ? null : chargeSession(draft, session);
  const complete = updateSession(draft, session, {
    status: "complete",
    payment_status: isFree ? "no_payment_required" : "paid",
    payment_intent: paid?.intent.id ?? null,
    customer_details: {
      address: null,
      business_name: null,
      email: buyerEmail(session),
      individual_name: null,
      name: null,
      phone: null,
      tax_exempt: "none",
      tax_ids: [],
    },
  });
  draft.emit("checkout.session.completed", complete.object);
  if (paid) {
    draft.emit("payment_intent.succeeded", paid.intent);
    draft.emit("charge.succeeded", paid.charge);
  }
  return true;
}

/** Declines the buyer's card; the session stays open for another attempt. @returns whether anything changed */
export function declineSession(draft: Draft, sessionId: string): boolean {
  const session = draft.get("sessions", sessionId);
  if (session?.object.status !== "open" || session.object.amount_total === 0) return false;
  const intent = paymentIntentOf(draft, session);
  const charge = cardCharge(draft, session, intent, buyerEmail(session), "declined");
  const declined: PaymentIntent = {
    ...intent,
    status: "requires_payment_method",
    latest_charge: charge.id,
    last_payment_error: {
      type: "card_error",
      code: "card_declined",
      decline_code: "generic_decline",
      charge: charge.id,
      doc_url: "https://stripe.com/docs/error-codes/card-declined",
      message: "Your card was declined.",
    },
  };
  draft.put("charges", charge.id, charge);
  draft.put("paymentIntents", declined.id, declined);
  updateSession(draft, session, { payment_intent: declined.id });
  draft.emit("payment_intent.payment_failed", declined);
  draft.emit("charge.failed", charge);
  return true;
}

/** Expires an open session. @returns whether anything changed */
export function expireSession(draft: Draft, sessionId: string): boolean {
  const session = draft.get("sessions", sessionId);
  if (session?.object.status !== "open") return false;
  const expired = updateSession(draft, session, { status: "expired" });
  draft.emit("checkout.session.expired", expired.object);
  return true;
}

function chargeSession(draft: Draft, session: Session): { intent: PaymentIntent; charge: Charge } {
  const openIntent = paymentIntentOf(draft, session);
  const charge = cardCharge(draft, session, openIntent, buyerEmail(session), "succeeded");
  const intent: PaymentIntent = {
    ...openIntent,
    amount_received: openIntent.amount,
    last_payment_error: null,
    latest_charge: charge.id,
    payment_method: charge.payment_method,
    status: "succeeded",
  };
  draft.put("charges", charge.id, charge);
  draft.put("paymentIntents", intent.id, intent);
  return { intent, charge };
}

/** The one intent of a session, created when the buyer first tries to pay. */
function paymentIntentOf(draft: Draft, { object, intentData }: Session): PaymentIntent {
  const known = draft.get("paymentIntents", object.payment_intent ?? "");
  if (known) return known;
  const id = newId("pi");
  return {
    ...BLANK_INTENT,
    id,
    amount: object.amount_total,
    client_secret: `${id}_secret_${newId("req").slice(4)}`,
    created: draft.seconds,
    currency: object.currency,
    description: intentData.description,
    metadata: intentData.metadata,
    receipt_email: intentData.receipt_email,
  };
}

function updateSession(draft: Draft, session: Session, changes: Partial<Session["object"]>): Session {
  const next = { ...session, paysAt: null, object: { ...session.object, ...changes } };
  draft.put("sessions", session.object.id, next);
  return next;
}

const buyerEmail = ({ object }: Session): string => object.customer_email ?? DEFAULT_BUYER_EMAIL;

const BLANK_INTENT = {
  object: "payment_intent",
  allowed_payment_method_types: null,
  amount_capturable: 0,
  amount_details: { tip: {} },
  amount_received: 0,
  application: null,
  application_fee_amount: null,
  automatic_payment_methods: null,
  canceled_at: null,
  cancellation_reason: null,
  capture_method: "automatic_async",
  confirmation_method: "automatic",
  customer: null,
  customer_account: null,
  excluded_payment_method_types: null,
  last_payment_error: null,
  latest_charge: null,
  livemode: false,
  managed_payments: null,
  next_action: null,
  on_behalf_of: null,
  payment_method: null,
  payment_method_configuration_details: null,
  payment_method_options: {
    card: { installments: null, mandate_options: null, network: null, request_three_d_secure: "automatic" },
  },
  payment_method_types: ["card"],
  payment_record: null,
  processing: null,
  review: null,
  setup_future_usage: null,
  shipping: null,
  source: null,
  statement_descriptor: null,
  statement_descriptor_suffix: null,
  status: "requires_payment_method",
  transfer_data: null,
  transfer_group: null,
} satisfies Partial<PaymentIntent>;
