import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bonusSteps } from "@/app/_features/shop/bonus-steps";
import { BONUS_PRICES, maxBonusMinor, maxBonusPayment, payWithBonuses } from "@/lib/schemas/bonus-price";
import { currencies } from "@/lib/schemas/currency";
import { MAX_AMOUNT_MINOR, MAX_SPEND_MINOR, MIN_PRICE_MINOR } from "@/lib/schemas/limits";

/** The most roubles that one unit has ever cost. */
const PEAK_RATES = { RUB: 1, USD: 121, EUR: 134, GBP: 160 } as const;
/** A referrer earns this part of what was paid, as hundredths of a bonus (lib/bonuses/referral-bonus.ts). */
const REFERRAL_DIVISOR = 10;

const currency = fc.constantFrom(...currencies);
const paidMinor = fc.integer({ min: MIN_PRICE_MINOR, max: MAX_AMOUNT_MINOR });
const bonuses = fc.integer({ min: 0, max: MAX_SPEND_MINOR });

describe("what a bonus is worth", () => {
  it("is in no currency more than the tenth of the purchase that it came from (property)", () => {
    fc.assert(
      fc.property(currency, currency, paidMinor, (earnedIn, usedIn, paid) => {
        const earned = Math.floor(paid / REFERRAL_DIVISOR);
        const { bonusMinor } = payWithBonuses(earned, usedIn);
        const worth = bonusMinor * PEAK_RATES[usedIn];
        expect(worth).toBeLessThanOrEqual((paid * PEAK_RATES[earnedIn]) / REFERRAL_DIVISOR);
      }),
    );
  });

  it("is not more when it is used in parts (property)", () => {
    fc.assert(
      fc.property(currency, bonuses, bonuses, (usedIn, one, other) => {
        const parts = payWithBonuses(one, usedIn).bonusMinor + payWithBonuses(other, usedIn).bonusMinor;
        expect(parts).toBeLessThanOrEqual(payWithBonuses(one + other, usedIn).bonusMinor);
      }),
    );
  });

  it("takes exactly what it pays, and never more than was offered (property)", () => {
    fc.assert(
      fc.property(currency, bonuses, (usedIn, offered) => {
        const { bonusMinor, bonusAmount } = payWithBonuses(offered, usedIn);
        expect(bonusAmount).toBeLessThanOrEqual(offered);
        expect(bonusAmount).toBe(bonusMinor * BONUS_PRICES[usedIn]);
        expect(offered - bonusAmount).toBeLessThan(BONUS_PRICES[usedIn]);
      }),
    );
  });

  it("is nothing in a currency without a price", () => {
    expect(payWithBonuses(1_000, "XPT")).toEqual({ bonusMinor: 0, bonusAmount: 0 });
    expect(maxBonusPayment(1_000, { amountMinor: 10_000, currency: "toString" }).bonusMinor).toBe(0);
  });
});

describe("how much bonuses pay", () => {
  it("leaves half of the price and the provider's minimum (property)", () => {
    fc.assert(
      fc.property(currency, paidMinor, bonuses, (usedIn, amountMinor, balance) => {
        const { bonusMinor, bonusAmount } = maxBonusPayment(balance, { amountMinor, currency: usedIn });
        expect(bonusAmount).toBeLessThanOrEqual(balance);
        expect(bonusMinor).toBeLessThanOrEqual(maxBonusMinor(amountMinor));
        expect(amountMinor - bonusMinor).toBeGreaterThanOrEqual(Math.max(MIN_PRICE_MINOR, amountMinor / 2));
      }),
    );
  });

  it.each([
    [50, 0],
    [51, 1],
    [99, 49],
    [100, 50],
    [101, 50],
  ])("of %i minor units is at most %i", (amountMinor, most) => {
    expect(maxBonusMinor(amountMinor)).toBe(most);
  });

  it("is nothing for a balance below zero", () => {
    expect(maxBonusPayment(-500, { amountMinor: 10_000, currency: "RUB" }).bonusMinor).toBe(0);
  });
});

it("the slider reaches none and the most, and each of its steps is one that can be used (property)", () => {
  fc.assert(
    fc.property(currency, paidMinor, bonuses, (usedIn, amountMinor, balance) => {
      const most = maxBonusPayment(balance, { amountMinor, currency: usedIn });
      if (most.bonusMinor === 0) return;
      const steps = bonusSteps(most);
      expect([steps.at(0), steps.at(steps.count)]).toEqual([0, most.bonusAmount]);
      for (const index of [0, 1, steps.count - 1, steps.count]) {
        if (index < 0) continue;
        const chosen = steps.at(index);
        expect(payWithBonuses(chosen, usedIn).bonusAmount).toBe(chosen);
        expect(steps.indexOf(chosen)).toBe(index);
      }
    }),
  );
});
