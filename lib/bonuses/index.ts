export { spendSchema } from "./client";
export { type SpendOptions, spend } from "./debit-bonuses";
export { type Entry, entrySchema } from "./entry";
export { type Bonuses, bonusesSchema, bonusPageQuerySchema, getBonuses } from "./get-bonuses";
export { isReferralCode, REFERRAL_COOKIE, referralCodeOf, referralCookie } from "./referral-link";
