import { z } from "zod";
import { idSchema } from "../../schemas/id";
import { DAY_SECONDS, defineQueue } from "../define-queue";

/** Brings the bonus of the buyer's referrer in line with the order: a tenth of what was paid and not refunded. */
export const referralBonuses = defineQueue({
  name: "referral-bonuses",
  version: 2,
  payload: z.object({ orderId: idSchema }),
  // Version 1 also had an action, which no handler read: the order decides. Code of the previous release would refuse a
  // payload without it as invalid, and retries one of a newer version.
  upgrades: { 1: (payload) => ({ orderId: (payload as { orderId: unknown }).orderId }) },
  delivery: "guaranteed",
  retries: 3,
  timeoutSeconds: 30,
  lane: "money",
  deadlineSeconds: 7 * DAY_SECONDS,
  cancellable: false,
  available: true,
});
