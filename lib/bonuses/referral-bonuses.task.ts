import { defineTask } from "../tasks";
import { reconcileReferralBonus } from "./referral-bonus";

/** Queue `referral-bonuses`: the order's state decides, not the payload's action. */
export const task = defineTask<"referral-bonuses">()({
  commit: (tx, { orderId }) => reconcileReferralBonus(tx, orderId),
});
