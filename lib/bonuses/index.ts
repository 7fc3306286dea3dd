export { debitBonuses, type SpendOptions } from "./debit-bonuses";
export { getBonuses } from "./get-bonuses";
export { addEntry } from "./ledger";
export {
  parseReferralCode,
  REFERRAL_COOKIE,
  referralCodeExists,
  referralCookie,
  referralLink,
} from "./referral-link";
