export { debitBonuses, type SpendOptions } from "./debit-bonuses";
export { getBonusBalance, getBonuses } from "./get-bonuses";
export { addEntry, lockLedger } from "./ledger";
export {
  parseReferralCode,
  REFERRAL_COOKIE,
  referralCodeExists,
  referralCookie,
  referralLink,
} from "./referral-link";
