import type { Locale } from "./locale";

/** Formatting of numbers in what is sent to people: mails and messages of bots. */

/** `24 часа`, `1 hour`: with the right plural in both languages. */
export function formatDuration(count: number, unit: "hour" | "minute", locale: Locale): string {
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(count);
}

/** `Билет × 2`, with non-breaking spaces around the sign. */
export function formatQuantity(name: string, quantity: number): string {
  return quantity > 1 ? `${name}\u00a0×\u00a0${String(quantity)}` : name;
}

/** `1 290,50 ₽`, `$12.90`. The number of decimals depends on the currency. */
export function formatMoney(
  { amountMinor, currency }: { amountMinor: number; currency: string },
  locale: Locale,
): string {
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amountMinor / 10 ** digits);
}
