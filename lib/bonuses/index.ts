export { spendSchema } from "./client";
export { type Entry, entrySchema } from "./entry";
export { type Bonuses, bonusesSchema, bonusPageQuerySchema, getBonuses } from "./read";
export { isReferralCode, REFERRAL_COOKIE, referralCodeOf, referralCookie } from "./referral-link";
export { type SpendOptions, spend } from "./spend";
