/** Number of decimals of a currency. */
function fractionDigits(currency: string): number {
  const { maximumFractionDigits } = new Intl.NumberFormat("en", {
    style: "currency",
    currency,
  }).resolvedOptions();
  return maximumFractionDigits ?? 2;
}

/** Formats minor units as `$5.00` or `5,00 €`. */
export function formatAmount(amount: number, currency: string, language = "en-US"): string {
  const digits = fractionDigits(currency);
  return new Intl.NumberFormat(language, { style: "currency", currency }).format(amount / 10 ** digits);
}

/** Stripe's minimum charge by currency, in minor units; unlisted currencies have none. */
export const MIN_CHARGE: Readonly<Record<string, number>> = {
  usd: 50,
  eur: 50,
  gbp: 30,
  chf: 50,
  cad: 50,
  aud: 50,
  jpy: 50,
  pln: 200,
  czk: 1500,
  sek: 300,
  nok: 300,
  dkk: 250,
  inr: 50,
  aed: 200,
};

export const MAX_CHARGE = 99_999_999;
