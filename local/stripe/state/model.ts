import type Stripe from "stripe";

/**
 * The stored rows. API objects have the SDK's types, so one that lacks a field does not compile; they refer to each
 * other by id.
 */
export type Metadata = Record<string, string>;
export type Charge = Stripe.Charge & { payment_intent: string };
export type PaymentIntent = Stripe.PaymentIntent & { latest_charge: string | null };
export type Refund = Stripe.Refund & { payment_intent: string; charge: string; status: "succeeded" };

/** A decimal is text on the wire; the SDK parses it. */
export type Price = Omit<Stripe.Price, "unit_amount_decimal"> & { unit_amount_decimal: string };
export type LineItem = Omit<Stripe.LineItem, "price"> & { price: Price };

export type SessionObject = Stripe.Checkout.Session & {
  payment_intent: string | null;
  amount_total: number;
  currency: string;
};

export interface Session {
  /** As the API shows it, except `url`, which depends on this server's port. */
  object: SessionObject;
  lineItems: LineItem[];
  /** `payment_intent_data`, for the payment intent that the first attempt to pay creates. */
  intentData: { metadata: Metadata; description: string | null; receipt_email: string | null };
  /** Unix ms of a late payment; null without one. */
  paysAt: number | null;
}

export type EventType =
  | "checkout.session.completed"
  | "checkout.session.expired"
  | "payment_intent.succeeded"
  | "payment_intent.payment_failed"
  | "charge.succeeded"
  | "charge.failed"
  | "charge.refunded"
  | "refund.created";

export interface StripeEvent {
  id: string;
  object: "event";
  api_version: string;
  created: number;
  type: EventType;
  data: { object: unknown; previous_attributes?: Record<string, unknown> };
  livemode: false;
  /** The count when the event was created; the current count follows from the deliveries. */
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
}

export interface Attempt {
  /** Unix ms. */
  at: number;
  /** 0 without a response. */
  status: number;
  latencyMs: number;
  /** The truncated response body, or why there is no response. */
  answer: string;
}

/** The delivery of one event to the app; a duplicate is a second delivery of the same event. */
export interface Delivery {
  id: string;
  eventId: string;
  state: "waiting" | "delivered" | "failed" | "dropped";
  /** Unix ms of the next attempt, while `waiting`. */
  dueAt: number;
  /** Ids of deliveries that must have been attempted before this one starts. */
  after: string[];
  attempts: Attempt[];
}

/** The response stored under an idempotency key. */
export interface StoredResponse {
  key: string;
  path: string;
  /** Hash of the parameters. */
  fingerprint: string;
  requestId: string;
  status: number;
  body: string;
  /** Unix ms. */
  at: number;
}

export interface Tables {
  sessions: Session;
  paymentIntents: PaymentIntent;
  charges: Charge;
  refunds: Refund;
  events: StripeEvent;
  deliveries: Delivery;
  keys: StoredResponse;
}

export type TableName = keyof Tables;

/** An upsert of a row or, with `null`, its deletion. */
export type Change = {
  [Name in TableName]: { table: Name; id: string; value: Tables[Name] | null };
}[TableName];
