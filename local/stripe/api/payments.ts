import { z } from "zod";
import { notFoundError } from "../errors";
import { REFUND_REASONS, refundPayment } from "../money/refund";
import type { Charge, PaymentIntent, Refund } from "../state/model";
import * as param from "../wire/params";
import { listPage, pageFields } from "./list";
import { route } from "./route";

const noParams = z.strictObject({});
const timeFilterParams = { ...pageFields, created: param.range.optional() };
const paymentFilterParams = { ...timeFilterParams, payment_intent: param.text().optional() };

const newRefundSchema = z.strictObject({
  payment_intent: param.text().optional(),
  charge: param.text().optional(),
  amount: param.integer(1).optional(),
  reason: param.oneOf(REFUND_REASONS).optional(),
  metadata: param.metadata.optional(),
});

/** Routes of payment intents, charges and refunds. */
export const paymentRoutes = [
  route("GET", "/v1/payment_intents", z.strictObject(timeFilterParams), ({ provider, input }) => {
    const { created = () => true } = input;
    const keep = (intent: PaymentIntent) => created(intent.created);
    const rows = provider.store.state.tables.paymentIntents;
    return listPage("payment_intent", "/v1/payment_intents", rows, keep, (intent) => intent, input);
  }),

  route("GET", "/v1/payment_intents/:id", noParams, ({ provider, id }) => {
    const intent = provider.store.state.tables.paymentIntents.get(id);
    if (!intent) throw notFoundError("payment_intent", id, "intent");
    return intent;
  }),

  route("GET", "/v1/charges", z.strictObject(paymentFilterParams), ({ provider, input }) => {
    const { created = () => true, payment_intent } = input;
    const keep = (charge: Charge) =>
      created(charge.created) && (payment_intent === undefined || charge.payment_intent === payment_intent);
    const rows = provider.store.state.tables.charges;
    return listPage("charge", "/v1/charges", rows, keep, (charge) => charge, input);
  }),

  route("GET", "/v1/charges/:id", noParams, ({ provider, id }) => {
    const charge = provider.store.state.tables.charges.get(id);
    if (!charge) throw notFoundError("charge", id, "id");
    return charge;
  }),

  route("POST", "/v1/refunds", newRefundSchema, ({ draft, input }) =>
    refundPayment(draft, { ...input, paymentIntent: input.payment_intent }),
  ),

  route(
    "GET",
    "/v1/refunds",
    z.strictObject({ ...paymentFilterParams, charge: param.text().optional() }),
    (call) => {
      const { created = () => true, payment_intent, charge } = call.input;
      const keep = (refund: Refund) =>
        created(refund.created) &&
        (payment_intent === undefined || refund.payment_intent === payment_intent) &&
        (charge === undefined || refund.charge === charge);
      const rows = call.provider.store.state.tables.refunds;
      return listPage("refund", "/v1/refunds", rows, keep, (refund) => refund, call.input);
    },
  ),

  route("GET", "/v1/refunds/:id", noParams, ({ provider, id }) => {
    const refund = provider.store.state.tables.refunds.get(id);
    if (!refund) throw notFoundError("refund", id, "refund");
    return refund;
  }),
];
