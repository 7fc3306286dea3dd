import { z } from "zod";
import { idSchema } from "../../schemas/id";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Notifies the seller of a sale or of its refund. */
export const supplierNotifications = defineQueue({
  name: "supplier-notifications",
  version: 1,
  payload: z.object({ orderId: idSchema, event: z.enum(["sold", "refunded"]) }),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 30,
  lane: "money",
  deadlineSeconds: 2 * DAY_SECONDS,
  cancellable: false,
  available: true,
});
