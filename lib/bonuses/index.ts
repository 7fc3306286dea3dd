export { spendSchema } from "./client";
export { debitBonuses, type SpendOptions } from "./debit-bonuses";
export { type Entry, entrySchema } from "./entry";
export { type Bonuses, bonusesSchema, bonusPageQuerySchema, getBonuses } from "./get-bonuses";
export { parseReferralCode, REFERRAL_COOKIE, referralCodeExists, referralCookie } from "./referral-link";
