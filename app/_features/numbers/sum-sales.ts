import type { OwnNumbers, SalesSum } from "@/lib/schemas/own-numbers";

/** The number of sales, in all currencies. */
export const countSales = (sales: readonly Pick<SalesSum, "count">[]): number =>
  sales.reduce((total, { count }) => total + count, 0);

/** The sales of several days, by currency; the one with the most sales first. */
export function sumSales(items: readonly Pick<OwnNumbers["items"][number], "sales">[]): SalesSum[] {
  const sums = new Map<string, SalesSum>();
  for (const { currency, count, amountMinor } of items.flatMap(({ sales }) => sales)) {
    const sum = sums.get(currency);
    sums.set(currency, {
      currency,
      count: count + (sum?.count ?? 0),
      amountMinor: amountMinor + (sum?.amountMinor ?? 0),
    });
  }
  return [...sums.values()].sort((a, b) => b.count - a.count || a.currency.localeCompare(b.currency));
}
