import type { Currency } from "./currency";
import { MAX_SPEND_MINOR, MIN_PRICE_MINOR } from "./limits";

/**
 * Hundredths of a bonus that pay one minor unit of a currency at checkout: the only rate between bonuses and money, and
 * one-way. A bonus is earned by the number of a purchase, whatever its currency, so its worth is that of the weakest
 * one: a rouble. In another currency it must not be worth more, so these prices are above the currencies' prices in
 * roubles, with room for the rouble to fall; docs/SHOP.md says when to raise them. A lower one would be a way to make
 * money: earn in roubles, pay in dollars.
 */
export const BONUS_PRICES: Readonly<Record<Currency, number>> = { RUB: 1, USD: 150, EUR: 175, GBP: 200 };

/** Bonuses pay at most this part of an order: the seller gets at least half of the price in money. */
const MAX_BONUS_SHARE = 0.5;

/** What bonuses pay of an order. */
export interface BonusPayment {
  /** Minor units of the order's currency. */
  bonusMinor: number;
  /** Hundredths of a bonus that this takes. */
  bonusAmount: number;
}

/** Hundredths of a bonus for one minor unit; null for a currency in which bonuses pay nothing. */
function bonusPrice(currency: string): number | null {
  return Object.entries(BONUS_PRICES).find(([name]) => name === currency)?.[1] ?? null;
}

/**
 * What an amount of bonuses pays, rounded down to whole minor units: bonuses that pay no whole one are not taken.
 * @param bonusAmount  hundredths of a bonus, not negative
 */
export function payWithBonuses(bonusAmount: number, currency: string): BonusPayment {
  const price = bonusPrice(currency);
  const bonusMinor = price === null ? 0 : Math.floor(bonusAmount / price);
  return { bonusMinor, bonusAmount: bonusMinor * (price ?? 0) };
}

/** The largest part of an amount that bonuses may pay: half of it, and the provider's minimum charge is left. */
export function maxBonusMinor(amountMinor: number): number {
  return Math.max(0, Math.min(Math.floor(amountMinor * MAX_BONUS_SHARE), amountMinor - MIN_PRICE_MINOR));
}

/** The most that a balance can pay of an amount; zeros when it can pay nothing. */
export function maxBonusPayment(
  balance: number,
  { amountMinor, currency }: { amountMinor: number; currency: string },
): BonusPayment {
  const available = Math.max(0, Math.min(balance, MAX_SPEND_MINOR));
  const most = maxBonusMinor(amountMinor) * (bonusPrice(currency) ?? 0);
  return payWithBonuses(Math.min(available, most), currency);
}

/** The part of an order that is paid with money, or was: what a refund can return. */
export function moneyMinor({ amountMinor, bonusMinor }: { amountMinor: number; bonusMinor: number }): number {
  return amountMinor - bonusMinor;
}
