import { invalidRequestError, notFoundError } from "../errors";
import { newId } from "../ids";
import type { Charge, Metadata, Refund } from "../state/model";
import { formatAmount } from "./amounts";
import type { Draft } from "./draft";

export const REFUND_REASONS = ["duplicate", "fraudulent", "requested_by_customer"] as const;

export interface RefundRequest {
  /** `paymentIntent` or `charge` is required; with both, the charge must belong to the intent. */
  paymentIntent?: string;
  charge?: string;
  /** Minor units; default: all that is left. */
  amount?: number;
  reason?: (typeof REFUND_REASONS)[number];
  metadata?: Metadata;
}

/**
 * Refunds a charge. The refundable amount is read and reduced in one synchronous step, so refunds never exceed the
 * charge.
 * @throws {StripeApiError} 404 for an unknown payment, 400 when the amount cannot be refunded
 */
export function refundPayment(draft: Draft, request: RefundRequest): Refund {
  const charge = findRefundableCharge(draft, request);
  if (charge.refunded) {
    throw invalidRequestError(`Charge ${charge.id} has already been refunded.`, {
      code: "charge_already_refunded",
      charge: charge.id,
    });
  }
  const refundable = charge.amount_captured - charge.amount_refunded;
  const amount = request.amount ?? refundable;
  if (amount > refundable) {
    const [maximum, description] =
      refundable === charge.amount
        ? [refundable, "charge amount"]
        : [refundable, "unrefunded amount on charge"];
    const requested = formatAmount(amount, charge.currency);
    throw invalidRequestError(
      `Refund amount (${requested}) is greater than ${description} (${formatAmount(maximum, charge.currency)})`,
      {
        param: "amount",
      },
    );
  }
  const refund: Refund = {
    id: newId("re"),
    object: "refund",
    amount,
    balance_transaction: newId("txn"),
    charge: charge.id,
    created: draft.seconds,
    currency: charge.currency,
    customer: null,
    customer_account: null,
    destination_details: { card: { type: "refund" }, type: "card" },
    metadata: request.metadata ?? {},
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: request.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: "succeeded",
    transfer_reversal: null,
  };
  const refundedCharge: Charge = {
    ...charge,
    amount_refunded: charge.amount_refunded + amount,
    refunded: amount === refundable,
  };
  draft.put("refunds", refund.id, refund);
  draft.put("charges", charge.id, refundedCharge);
  draft.emit("refund.created", refund);
  draft.emit("charge.refunded", refundedCharge, {
    amount_refunded: charge.amount_refunded,
    ...(refundedCharge.refunded ? { refunded: false } : {}),
  });
  return refund;
}

function findRefundableCharge(draft: Draft, { paymentIntent, charge: chargeId }: RefundRequest): Charge {
  if (paymentIntent === undefined && chargeId === undefined) {
    throw invalidRequestError(
      "One of the following params should be provided for this request: payment_intent or charge.",
    );
  }
  let id = chargeId;
  if (paymentIntent !== undefined) {
    const intent = draft.get("paymentIntents", paymentIntent);
    if (!intent) throw notFoundError("payment_intent", paymentIntent, "payment_intent");
    if (intent.status !== "succeeded" || intent.latest_charge === null) {
      throw invalidRequestError(
        `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
      );
    }
    if (id !== undefined && id !== intent.latest_charge) {
      throw invalidRequestError(`Charge ${id} does not belong to PaymentIntent ${intent.id}.`, {
        param: "charge",
      });
    }
    id = intent.latest_charge;
  }
  const charge = draft.get("charges", id ?? "");
  if (!charge) throw notFoundError("charge", id ?? "", "charge");
  if (!charge.paid)
    throw invalidRequestError(`Charge ${charge.id} has failed, so it cannot be refunded.`, {
      param: "charge",
    });
  return charge;
}
