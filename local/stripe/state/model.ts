import type Stripe from "stripe";

/**
 * What is kept. Objects of the API are the SDK's own types, so one that lacks a field does not compile; where an
 * object names another it does so by id.
 */
export type Metadata = Record<string, string>;
export type Charge = Stripe.Charge & { payment_intent: string };
export type PaymentIntent = Stripe.PaymentIntent & { latest_charge: string | null };
export type Refund = Stripe.Refund & { payment_intent: string; charge: string; status: "succeeded" };

/** On the wire a decimal is text; the SDK makes a number of it. */
export type Price = Omit<Stripe.Price, "unit_amount_decimal"> & { unit_amount_decimal: string };
export type LineItem = Omit<Stripe.LineItem, "price"> & { price: Price };

export type SessionObject = Stripe.Checkout.Session & {
  payment_intent: string | null;
  amount_total: number;
  currency: string;
};

export interface Session {
  /** As the API shows it, but for `url`, which depends on where this server listens. */
  object: SessionObject;
  lineItems: LineItem[];
  /** `payment_intent_data`, until there is a payment intent to put it on. */
  intentData: { metadata: Metadata; description: string | null; receipt_email: string | null };
  /** Unix ms at which a buyer who is back already has paid. */
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
  /** As it was when the event was made; how many are waited for now is known from the deliveries. */
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
}

export interface Attempt {
  /** Unix ms. */
  at: number;
  /** 0 when no answer came. */
  status: number;
  latencyMs: number;
  /** What was answered, cut, or why nothing was. */
  answer: string;
}

/** One event on its way to the app. Two of one event are a duplicate. */
export interface Delivery {
  id: string;
  eventId: string;
  state: "waiting" | "delivered" | "failed" | "dropped";
  /** Unix ms of the next attempt, while it waits. */
  dueAt: number;
  /** Deliveries that must have been attempted once before this one sets out. */
  after: string[];
  attempts: Attempt[];
}

/** The answer kept under an idempotency key. */
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

/** A row put in or, with `null`, taken out. */
export type Change = {
  [Name in TableName]: { table: Name; id: string; value: Tables[Name] | null };
}[TableName];
