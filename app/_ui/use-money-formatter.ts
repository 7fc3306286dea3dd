import { useLocale } from "next-intl";

/** Writes amounts in the reader's language: `1 290,50 ₽`, `$12`. How many minor units make one is the currency's own. */
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
