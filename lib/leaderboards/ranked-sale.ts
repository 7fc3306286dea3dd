import { z } from "zod";
import { transaction } from "../db";

const orderRowsSchema = z.array(
  z.object({
    sellerId: z.uuid().nullable(),
    status: z.enum(["pending", "paid", "delivered", "refunded", "failed"]),
    keptMinor: z.int(),
    currency: z.string(),
    soldAt: z.date().nullable(),
  }),
);

/** Whose sums a sale is part of, and since when. */
export interface Sale {
  sellerId: string;
  currency: string;
  soldAt: Date;
}

/**
 * Makes `RankedSale` agree with an order as it is now: a row with what the buyer paid and did not get back, or
 * none. Safe to repeat and to run against itself: the order is locked, so it does not change before the row
 * that follows from it has committed.
 *
 * @returns whose sums may have changed; null when no sale can have been counted, or the seller is gone
 */
export async function syncRankedSale(orderId: string): Promise<Sale | null> {
  return transaction(async (tx) => {
    const rows = await tx.$queryRaw`
SELECT "sellerId", status, "amountMinor" - "refundedMinor" AS "keptMinor", currency, "paidAt" AS "soldAt"
FROM "Order" WHERE id = ${orderId}::uuid FOR SHARE`;
    const [order] = orderRowsSchema.parse(rows);
    if (!order) return null;
    const { sellerId, status, keptMinor, currency, soldAt } = order;
    const isSold = (status === "paid" || status === "delivered") && keptMinor > 0;
    if (!isSold || !sellerId || !soldAt) {
      await tx.$executeRaw`DELETE FROM "RankedSale" WHERE "orderId" = ${orderId}::uuid`;
    } else {
      await tx.$executeRaw`
INSERT INTO "RankedSale" ("orderId", "sellerId", "amountMinor", currency, "soldAt")
VALUES (${orderId}::uuid, ${sellerId}::uuid, ${keptMinor}, ${currency}, ${soldAt})
ON CONFLICT ("orderId") DO UPDATE SET "sellerId" = excluded."sellerId", "amountMinor" = excluded."amountMinor",
  currency = excluded.currency, "soldAt" = excluded."soldAt"`;
    }
    return sellerId && soldAt ? { sellerId, currency, soldAt } : null;
  });
}
