import { defineTask } from "../tasks";
import { applyOrderCheck, checkOrder, type OrderCheck } from "./check-order";
import { closeRefusalAlert, createRefund } from "./create-refund";
import { type ProviderRefund, recordRefund } from "./record-refund";

type PreparedPayment =
  | { action: "check"; check: OrderCheck }
  | { action: "refund"; orderId: string; refunds: ProviderRefund[] };

/** Queue `payments`: checks unpaid orders at the provider, and creates refunds. */
export const task = defineTask<"payments">()<PreparedPayment>({
  async prepare(payload, context) {
    if (payload.action === "refund") {
      const refunds = await createRefund(payload, context);
      return { action: "refund", orderId: payload.orderId, refunds };
    }
    return { action: "check", check: await checkOrder(payload.orderId, payload.round) };
  },
  async commit(tx, prepared) {
    if (prepared.action === "check") return applyOrderCheck(tx, prepared.check);
    for (const refund of prepared.refunds) await recordRefund(tx, refund);
    await closeRefusalAlert(tx, prepared.orderId);
  },
});
