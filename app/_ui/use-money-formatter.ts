import { useLocale } from "next-intl";

/** Formats amounts in the user's locale: `1 290,50 ₽`, `$12`. The currency determines its number of minor units. */
export function useMoneyFormatter(): (amount: { amountMinor: number; currency: string }) => string {
  const locale = useLocale();
  return ({ amountMinor, currency }) => {
    const format = new Intl.NumberFormat(locale, {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
      trailingZeroDisplay: "stripIfInteger",
    });
    const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
    return format.format(amountMinor / 10 ** digits);
  };
}
