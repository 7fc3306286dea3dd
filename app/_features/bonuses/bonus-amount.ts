import { useFormatter } from "next-intl";
import { MINOR_PER_BONUS } from "@/lib/bonuses/client";

/** Hundredths as people count them. */
export function toBonuses(minor: number): number {
  return minor / MINOR_PER_BONUS;
}

/** Writes them in the reader's language: `1 290`, `12,50`, and with a sign where it is asked for. */
export function useBonusFormatter(): (minor: number, options?: { signed: boolean }) => string {
  const format = useFormatter();
  return (minor, { signed } = { signed: false }) =>
    format.number(toBonuses(minor), {
      minimumFractionDigits: minor % MINOR_PER_BONUS === 0 ? 0 : 2,
      maximumFractionDigits: 2,
      signDisplay: signed ? "exceptZero" : "auto",
    });
}

/** What somebody typed, `12,5` or `12.50`, in hundredths; NaN when it is no such number. */
export function parseBonusMinor(typed: string): number {
  const text = typed.replace(/\s/g, "").replace(",", ".");
  return /^\d+(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * MINOR_PER_BONUS) : Number.NaN;
}
