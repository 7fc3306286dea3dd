import { defineTask } from "../tasks";
import { applyFinding, askAboutOrder, type Finding } from "./check-order";
import { makeRefund } from "./create-refund";
import { type RefundFact, recordRefund } from "./record-refund";

type Told = { action: "check"; finding: Finding } | { action: "refund"; refunds: RefundFact[] };

/** Queue `payments`: asks the provider about an order that stays unpaid, and gives money back. */
export const task = defineTask<"payments">()<Told>({
  async prepare(payload, context) {
    if (payload.action === "refund") return { action: "refund", refunds: await makeRefund(payload, context) };
    return { action: "check", finding: await askAboutOrder(payload.orderId, payload.round) };
  },
  async commit(tx, told) {
    if (told.action === "check") return applyFinding(tx, told.finding);
    for (const refund of told.refunds) await recordRefund(tx, refund);
  },
});
