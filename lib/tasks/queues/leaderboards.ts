import { z } from "zod";
import { idSchema } from "../../schemas/id";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Adds a sale to the leaderboards or removes it, according to the order's status. */
export const leaderboards = defineQueue({
  name: "leaderboards",
  version: 1,
  payload: z.object({ orderId: idSchema }),
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 30,
  lane: "background",
  deadlineSeconds: 2 * DAY_SECONDS,
  cancellable: false,
  available: true,
});
