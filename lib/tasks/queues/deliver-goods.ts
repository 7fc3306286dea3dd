import { z } from "zod";
import { idSchema } from "../../schemas/id";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Delivers the goods of a paid order to its buyer: tickets, download links and codes. */
export const deliverGoods = defineQueue({
  name: "deliver-goods",
  version: 1,
  payload: z.object({ orderId: idSchema }),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 30,
  lane: "money",
  deadlineSeconds: 7 * DAY_SECONDS,
  cancellable: false,
  available: true,
});
