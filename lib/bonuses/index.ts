export { debitBonuses, type SpendOptions } from "./debit-bonuses";
export { getBonuses } from "./get-bonuses";
export { parseReferralCode, REFERRAL_COOKIE, referralCodeExists, referralCookie } from "./referral-link";
