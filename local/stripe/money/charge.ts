import { newId } from "../ids";
import type { Charge, PaymentIntent, Session } from "../state/model";
import type { Draft } from "./draft";

/** One charge attempt on a card: Stripe's test card that succeeds, or the one that is declined. */
export function cardCharge(
  draft: Draft,
  session: Session,
  intent: PaymentIntent,
  email: string,
  result: "succeeded" | "declined",
): Charge {
  const isSuccessful = result === "succeeded";
  return {
    ...BLANK_CHARGE,
    id: newId("ch"),
    amount: intent.amount,
    amount_captured: isSuccessful ? intent.amount : 0,
    balance_transaction: isSuccessful ? newId("txn") : null,
    billing_details: { address: null, email, name: null, phone: null, tax_id: null },
    captured: isSuccessful,
    created: draft.seconds,
    currency: session.object.currency,
    description: intent.description,
    failure_code: isSuccessful ? null : "card_declined",
    failure_message: isSuccessful ? null : "Your card was declined.",
    metadata: { ...intent.metadata },
    outcome: isSuccessful ? AUTHORISED : DECLINED,
    paid: isSuccessful,
    payment_intent: intent.id,
    payment_method: newId("pm"),
    payment_method_details: {
      card: cardDetails(isSuccessful ? "4242" : "0002", intent.amount),
      type: "card",
    },
    receipt_email: intent.receipt_email,
    status: isSuccessful ? "succeeded" : "failed",
  };
}

const NO_DECLINE_ADVICE = { advice_code: null, network_advice_code: null };

const AUTHORISED: Charge["outcome"] = {
  ...NO_DECLINE_ADVICE,
  network_decline_code: null,
  network_status: "approved_by_network",
  reason: null,
  risk_level: "normal",
  seller_message: "Payment complete.",
  type: "authorized",
};

const DECLINED: Charge["outcome"] = {
  ...NO_DECLINE_ADVICE,
  network_decline_code: "01",
  network_status: "declined_by_network",
  reason: "generic_decline",
  risk_level: "normal",
  seller_message: "The bank did not return any further details with this decline.",
  type: "issuer_declined",
};

const cardDetails = (last4: string, amount: number) => ({
  amount_authorized: amount,
  authorization_code: null,
  brand: "visa",
  checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: "pass" },
  country: "US",
  electronic_commerce_indicator: null,
  exp_month: 12,
  exp_year: 2034,
  fingerprint: "NormalDanceLocal",
  funding: "credit",
  installments: null,
  last4,
  mandate: null,
  network: "visa",
  network_transaction_id: null,
  regulated_status: "unregulated",
  three_d_secure: null,
  transaction_link_id: null,
  wallet: null,
});

const BLANK_CHARGE = {
  object: "charge",
  amount_refunded: 0,
  application: null,
  application_fee: null,
  application_fee_amount: null,
  calculated_statement_descriptor: "NORMALDANCE",
  customer: null,
  disputed: false,
  failure_balance_transaction: null,
  fraud_details: {},
  livemode: false,
  on_behalf_of: null,
  receipt_number: null,
  receipt_url: null,
  refunded: false,
  review: null,
  shipping: null,
  source: null,
  source_transfer: null,
  statement_descriptor: null,
  statement_descriptor_suffix: null,
  transfer_data: null,
  transfer_group: null,
} satisfies Partial<Charge>;
