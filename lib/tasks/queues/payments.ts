import { z } from "zod";
import { idSchema } from "../../schemas/id";
import { refundReasonSchema } from "../../schemas/order";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Checks a pending order with the payment provider until it is paid or permanently failed, and makes refunds. */
export const payments = defineQueue({
  name: "payments",
  version: 1,
  payload: z.discriminatedUnion("action", [
    z.object({ action: z.literal("check"), orderId: idSchema, round: z.int().nonnegative() }),
    z.object({
      action: z.literal("refund"),
      orderId: idSchema,
      /** Minor units; the whole remaining amount when absent. */
      amountMinor: z.int().positive().optional(),
      reason: refundReasonSchema,
    }),
  ]),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 30,
  lane: "money",
  deadlineSeconds: 7 * DAY_SECONDS,
  cancellable: false,
  available: true,
});
