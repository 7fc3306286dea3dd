import type { z } from "zod";
import type { Locale } from "../core/locale";
import type { moneySchema } from "./fields";

/** `1 290,50 ₽`, `$12.90`. How many minor units make one is the currency's own. */
export function moneyText({ amountMinor, currency }: z.output<typeof moneySchema>, locale: Locale): string {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amountMinor / 10 ** digits);
}
