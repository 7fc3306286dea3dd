import { useFormatter } from "next-intl";
import { MINOR_PER_BONUS } from "@/lib/schemas/limits";

/** Converts hundredths to bonuses. */
export function toBonuses(minor: number): number {
  return minor / MINOR_PER_BONUS;
}

/** Formats hundredths in the viewer's language: `1 290`, `12,50`, with a sign if requested. */
export function useBonusFormatter(): (minor: number, options?: { signed: boolean }) => string {
  const format = useFormatter();
  return (minor, { signed } = { signed: false }) =>
    format.number(toBonuses(minor), {
      minimumFractionDigits: minor % MINOR_PER_BONUS === 0 ? 0 : 2,
      maximumFractionDigits: 2,
      signDisplay: signed ? "exceptZero" : "auto",
    });
}

/** Parses typed text such as `12,5` or `12.50` to hundredths; NaN for anything else. */
export function parseBonusMinor(typed: string): number {
  const text = typed.replace(/\s/g, "").replace(",", ".");
  return /^\d+(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * MINOR_PER_BONUS) : Number.NaN;
}
