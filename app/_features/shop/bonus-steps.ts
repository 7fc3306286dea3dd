import type { BonusPayment } from "@/lib/schemas/bonus-price";
import { MINOR_PER_BONUS } from "@/lib/schemas/limits";

/** The values of a slider: none, steps of a whole bonus or of a minor unit, whichever is larger, and the most. */
export interface BonusSteps {
  /** Index of the last one. */
  count: number;
  /** Hundredths of a bonus. */
  at: (index: number) => number;
  indexOf: (bonusAmount: number) => number;
}

/** @param most  what bonuses may pay at most; not zero */
export function bonusSteps(most: BonusPayment): BonusSteps {
  const step = Math.max(MINOR_PER_BONUS, most.bonusAmount / most.bonusMinor);
  const count = Math.ceil(most.bonusAmount / step);
  return {
    count,
    at: (index) => Math.min(index * step, most.bonusAmount),
    indexOf: (bonusAmount) =>
      bonusAmount >= most.bonusAmount ? count : Math.min(Math.floor(bonusAmount / step), count - 1),
  };
}
