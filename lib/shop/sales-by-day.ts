import { z } from "zod";
import { firstIdAt } from "../core/ids";
import { db } from "../db";
import { salesSumSchema } from "../schemas/own-numbers";

const rowsSchema = z.array(salesSumSchema.extend({ day: z.string() }));

export type SalesOfDay = z.infer<typeof rowsSchema>[number];

/** Longer than any order waits for its payment, late ones included. */
const MAX_PAYMENT_DELAY_MS = 7 * 86_400_000;

/**
 * A seller's sales by UTC day and currency, in the money that was paid and kept; days without any are left out. One
 * statement over the index of `Order (sellerId, id)`, whose ids begin with the time of the order.
 *
 * @param since  the start of the first day
 */
export async function sumSalesByDay(sellerId: string, since: Date): Promise<SalesOfDay[]> {
  const firstId = firstIdAt(since.getTime() - MAX_PAYMENT_DELAY_MS);
  const rows = await db().$queryRaw`
SELECT ("paidAt" AT TIME ZONE 'UTC')::date::text AS day, currency, count(*)::int AS count,
  sum("amountMinor" - "bonusMinor" - "refundedMinor")::float8 AS "amountMinor"
FROM "Order"
WHERE "sellerId" = ${sellerId}::uuid AND id >= ${firstId}::uuid AND "paidAt" >= ${since}
  AND status IN ('paid', 'delivered')
GROUP BY 1, 2 ORDER BY 1, 2`;
  return rowsSchema.parse(rows);
}
