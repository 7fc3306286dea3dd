/** Parses `1 290,50` or `1290.5` to 129050 minor units; NaN for anything else. */
export function parseAmountMinor(typed: string): number {
  const plain = typed.replace(/\s/g, "").replace(",", ".");
  return /^\d{1,9}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : Number.NaN;
}
