import { z } from "zod";
import { invalidParameterError, invalidRequestError } from "../errors";
import { newId } from "../ids";
import type { LineItem, Session } from "../state/model";
import * as param from "../wire/params";
import { formatAmount, MAX_CHARGE, MIN_CHARGE } from "./amounts";
import type { Draft } from "./draft";

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
/** Stripe's bounds on how long a session stays open. */
const MIN_EXPIRY_SECONDS = 30 * MINUTE_SECONDS;
const MAX_EXPIRY_SECONDS = 24 * HOUR_SECONDS;
const MAX_LINE_ITEMS = 100;

const lineItemSchema = z.strictObject({
  price_data: z.strictObject({
    currency: param.currency,
    unit_amount: param.integer(0),
    product_data: z.strictObject({
      name: param.text(250),
      description: param.text(40_000).optional(),
      images: z.array(param.text(2048)).max(8).optional(),
      metadata: param.metadata.optional(),
    }),
  }),
  quantity: param.integer(1, 999_999).optional(),
});

export const newSessionSchema = z.strictObject({
  mode: param.oneOf(["payment"]),
  line_items: z.array(lineItemSchema).min(1).max(MAX_LINE_ITEMS),
  success_url: param.url,
  cancel_url: param.url.optional(),
  client_reference_id: param.text(200).optional(),
  customer_email: param.text(800).optional(),
  expires_at: param.integer(0, 1e12).optional(),
  locale: param.text(20).optional(),
  metadata: param.metadata.optional(),
  payment_intent_data: z
    .strictObject({
      metadata: param.metadata.optional(),
      description: param.text(1000).optional(),
      receipt_email: param.text(800).optional(),
    })
    .optional(),
  payment_method_types: z.array(param.oneOf(["card"])).optional(),
  submit_type: param.oneOf(["auto", "book", "donate", "pay"]).optional(),
  ui_mode: param.oneOf(["hosted_page"]).optional(),
});

type NewSessionParams = z.output<typeof newSessionSchema>;

/** Opens a checkout session. Nothing is charged until the buyer pays on its page. */
export function openSession(draft: Draft, params: NewSessionParams): Session {
  const lineItems = params.line_items.map((item) => newLineItem(draft, item));
  const currency = requireOneCurrency(lineItems);
  const total = lineItems.reduce((sum, item) => sum + item.amount_total, 0);
  checkTotal(total, currency);
  const session: Session = {
    object: {
      ...BLANK_SESSION,
      id: newId("cs_test"),
      amount_subtotal: total,
      amount_total: total,
      cancel_url: params.cancel_url ?? null,
      client_reference_id: params.client_reference_id ?? null,
      created: draft.seconds,
      currency,
      customer_email: params.customer_email ?? null,
      expires_at: expiresAt(draft, params.expires_at),
      locale: params.locale ?? null,
      metadata: params.metadata ?? {},
      submit_type: params.submit_type ?? null,
      success_url: params.success_url,
      total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    },
    lineItems,
    intentData: {
      metadata: params.payment_intent_data?.metadata ?? {},
      description: params.payment_intent_data?.description ?? null,
      receipt_email: params.payment_intent_data?.receipt_email ?? null,
    },
    paysAt: null,
  };
  draft.put("sessions", session.object.id, session);
  return session;
}

function newLineItem(draft: Draft, item: NewSessionParams["line_items"][number]): LineItem {
  const { currency, unit_amount, product_data } = item.price_data;
  const quantity = item.quantity ?? 1;
  const total = unit_amount * quantity;
  return {
    id: newId("li"),
    object: "item",
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: total,
    amount_tax: 0,
    amount_total: total,
    currency,
    description: product_data.name,
    metadata: {},
    price: {
      id: newId("price"),
      object: "price",
      active: false,
      billing_scheme: "per_unit",
      created: draft.seconds,
      currency,
      custom_unit_amount: null,
      livemode: false,
      lookup_key: null,
      metadata: {},
      nickname: null,
      product: newId("prod"),
      recurring: null,
      tax_behavior: "unspecified",
      tiers_mode: null,
      transform_quantity: null,
      type: "one_time",
      unit_amount,
      unit_amount_decimal: String(unit_amount),
    },
    quantity,
  };
}

function requireOneCurrency(items: readonly LineItem[]): string {
  const [currency = "", ...others] = new Set(items.map((item) => item.currency));
  if (others.length > 0) {
    throw invalidParameterError("line_items", "All line items of a Checkout Session must have one currency.");
  }
  return currency;
}

/** A total of 0 is allowed; any other must be within Stripe's bounds of a charge. */
function checkTotal(total: number, currency: string): void {
  const minimum = MIN_CHARGE[currency] ?? 1;
  if (total !== 0 && total < minimum) {
    throw invalidRequestError(
      `The Checkout Session's total amount due must add up to at least ${formatAmount(minimum, currency)} ${currency}`,
      { code: "amount_too_small" },
    );
  }
  if (total > MAX_CHARGE) {
    throw invalidRequestError(
      `The Checkout Session's total amount must be no more than ${formatAmount(MAX_CHARGE, currency)} ${currency}`,
      { code: "amount_too_large" },
    );
  }
}

function expiresAt(draft: Draft, requested: number | undefined): number {
  if (requested === undefined) return draft.seconds + MAX_EXPIRY_SECONDS;
  const durationSeconds = requested - draft.seconds;
  if (durationSeconds < MIN_EXPIRY_SECONDS) {
    const message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.";
    throw invalidParameterError("expires_at", message);
  }
  if (durationSeconds > MAX_EXPIRY_SECONDS) {
    const message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.";
    throw invalidParameterError("expires_at", message);
  }
  return requested;
}

/** Defaults of a session for a hosted one-time payment. */
const BLANK_SESSION = {
  object: "checkout.session",
  adaptive_pricing: { enabled: false },
  after_expiration: null,
  allow_promotion_codes: null,
  allowed_payment_method_types: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
  },
  customer: null,
  customer_account: null,
  customer_creation: "if_required",
  customer_details: null,
  discounts: [],
  integration_identifier: null,
  invoice: null,
  invoice_creation: null,
  livemode: false,
  managed_payments: null,
  mode: "payment",
  origin_context: null,
  payment_intent: null,
  payment_link: null,
  payment_method_collection: "if_required",
  payment_method_configuration_details: null,
  payment_method_options: { card: { request_three_d_secure: "automatic" } },
  payment_method_types: ["card"],
  payment_status: "unpaid",
  permissions: null,
  phone_number_collection: { enabled: false },
  recovered_from: null,
  saved_payment_method_options: null,
  setup_intent: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  status: "open",
  subscription: null,
  ui_mode: "hosted_page",
  url: null,
  wallet_options: null,
} satisfies Partial<Session["object"]>;
