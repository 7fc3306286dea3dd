import type { z } from "zod";
import type { Locale } from "../core/locale";
import type { moneySchema } from "./fields";

/** Formatting of numbers in mails. */

/** `24 часа`, `1 hour`: with the right plural in both languages. */
export function formatDuration(count: number, unit: "hour" | "minute", locale: Locale): string {
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

/** `Билет × 2`, with non-breaking spaces around the sign. */
export function formatQuantity(name: string, quantity: number): string {
  return quantity > 1 ? `${name}\u00a0×\u00a0${String(quantity)}` : name;
}

/** `1 290,50 ₽`, `$12.90`. The number of decimals depends on the currency. */
export function formatMoney({ amountMinor, currency }: z.output<typeof moneySchema>, locale: Locale): string {
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amountMinor / 10 ** digits);
}
