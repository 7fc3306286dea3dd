import { getLeaderboard, periods } from "@/lib/leaderboards";
import type { Books, Violation } from "./read-records";

const MOST_PLACES = 100;

/** What Redis shows is what a recount from the orders says. */
export async function judgeLeaderboards(books: Books): Promise<Violation[]> {
  const wrong: Violation[] = [];
  const sums = new Map<string, number>();
  const sales = new Map(books.sales.map((sale) => [sale.orderId, sale.amountMinor]));
  for (const { id: orderId, sellerId, status, amountMinor, refundedMinor, currency } of books.orders) {
    const kept = status === "delivered" || status === "paid" ? amountMinor - refundedMinor : 0;
    if ((sales.get(orderId) ?? 0) !== kept) {
      wrong.push({ orderId, what: `${kept} were paid and kept, ${sales.get(orderId) ?? 0} are counted` });
    }
    const place = `${currency} ${sellerId}`;
    if (kept > 0) sums.set(place, (sums.get(place) ?? 0) + kept);
  }
  for (const period of periods) {
    const shown = new Map<string, number>();
    for (const currency of new Set(books.orders.map((order) => order.currency))) {
      const board = await getLeaderboard(period, { currency, limit: MOST_PLACES });
      for (const { userId, amountMinor } of board.items) shown.set(`${currency} ${userId}`, amountMinor);
    }
    for (const place of new Set([...sums.keys(), ...shown.keys()])) {
      const [counted, is] = [sums.get(place) ?? 0, shown.get(place) ?? 0];
      if (counted !== is) {
        wrong.push({
          orderId: null,
          what: `leaderboard of ${period}, ${place}: shows ${is}, a recount says ${counted}`,
        });
      }
    }
  }
  return wrong;
}
