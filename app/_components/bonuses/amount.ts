import { MINOR_PER_BONUS } from "@/lib/bonuses/client";

/** Hundredths as people count them. */
export function bonusesOf(minor: number): number {
  return minor / MINOR_PER_BONUS;
}

/** What somebody typed, `12,5` or `12.50`, in hundredths; NaN when it is no such number. */
export function minorOf(typed: string): number {
  const text = typed.replace(/\s/g, "").replace(",", ".");
  return /^\d+(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * MINOR_PER_BONUS) : Number.NaN;
}
