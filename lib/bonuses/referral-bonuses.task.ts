import { defineTask } from "../tasks";
import { reconcileReferralBonus } from "./referral-bonus";

/** Queue `referral-bonuses`: the order's state decides whether the bonus is granted or reversed. */
export const task = defineTask<"referral-bonuses">()({
  commit: (tx, { orderId }) => reconcileReferralBonus(tx, orderId),
});
