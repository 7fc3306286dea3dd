import { getLeaderboard, periods } from "@/lib/leaderboards";
import type { Records, Violation } from "./read-records";

const MAX_RANKS = 100;

/** What Redis shows is what a recount from the orders says. */
export async function checkLeaderboards(books: Records): Promise<Violation[]> {
  const violations: Violation[] = [];
  const sums = new Map<string, number>();
  const sales = new Map(books.sales.map((sale) => [sale.orderId, sale.amountMinor]));
  for (const { id: orderId, sellerId, status, amountMinor, refundedMinor, currency } of books.orders) {
    const kept = status === "delivered" || status === "paid" ? amountMinor - refundedMinor : 0;
    if ((sales.get(orderId) ?? 0) !== kept) {
      violations.push({
        orderId,
        what: `${kept} were paid and kept, ${sales.get(orderId) ?? 0} are counted`,
      });
    }
    const rankKey = `${currency} ${sellerId}`;
    if (kept > 0) sums.set(rankKey, (sums.get(rankKey) ?? 0) + kept);
  }
  for (const period of periods) {
    const displayed = new Map<string, number>();
    for (const currency of new Set(books.orders.map((order) => order.currency))) {
      const board = await getLeaderboard(period, { currency, limit: MAX_RANKS });
      for (const { userId, amountMinor } of board.items) displayed.set(`${currency} ${userId}`, amountMinor);
    }
    for (const place of new Set([...sums.keys(), ...displayed.keys()])) {
      const [expected, actual] = [sums.get(place) ?? 0, displayed.get(place) ?? 0];
      if (expected !== actual) {
        violations.push({
          orderId: null,
          what: `leaderboard of ${period}, ${place}: shows ${actual}, a recount says ${expected}`,
        });
      }
    }
  }
  return violations;
}
