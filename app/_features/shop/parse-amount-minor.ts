/** `1 290,50` and `1290.5` are 129 050 minor units; NaN for what is no amount. */
export function parseAmountMinor(typed: string): number {
  const plain = typed.replace(/\s/g, "").replace(",", ".");
  return /^\d{1,9}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : Number.NaN;
}
