import { getLeaderboard } from "@/lib/leaderboards";
import { moneyMinor } from "@/lib/schemas/bonus-price";
import { periods } from "@/lib/schemas/period";
import type { Records, Violation } from "./read-records";

const MAX_RANKS = 100;

/** The leaderboards in Redis equal a recount of the orders. */
export async function checkLeaderboards(records: Records): Promise<Violation[]> {
  const violations: Violation[] = [];
  const sums = new Map<string, number>();
  const sales = new Map(records.sales.map((sale) => [sale.orderId, sale.amountMinor]));
  for (const order of records.orders) {
    const { id: orderId, sellerId, status, refundedMinor, currency } = order;
    const kept = status === "delivered" || status === "paid" ? moneyMinor(order) - refundedMinor : 0;
    if ((sales.get(orderId) ?? 0) !== kept) {
      violations.push({
        orderId,
        what: `${kept} were paid and kept, ${sales.get(orderId) ?? 0} are counted`,
      });
    }
    const sumKey = `${currency} ${sellerId}`;
    if (kept > 0) sums.set(sumKey, (sums.get(sumKey) ?? 0) + kept);
  }
  for (const period of periods) {
    const displayed = new Map<string, number>();
    for (const currency of new Set(records.orders.map((order) => order.currency))) {
      const board = await getLeaderboard(period, { currency, limit: MAX_RANKS });
      for (const { userId, amountMinor } of board.items) displayed.set(`${currency} ${userId}`, amountMinor);
    }
    for (const rankKey of new Set([...sums.keys(), ...displayed.keys()])) {
      const [expected, actual] = [sums.get(rankKey) ?? 0, displayed.get(rankKey) ?? 0];
      if (expected !== actual) {
        violations.push({
          orderId: null,
          what: `leaderboard of ${period}, ${rankKey}: shows ${actual}, a recount gives ${expected}`,
        });
      }
    }
  }
  return violations;
}
