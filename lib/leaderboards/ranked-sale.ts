import { z } from "zod";
import { transaction } from "../db";
import { OrderStatus } from "../schemas/enums";
import { isSold } from "../schemas/order-status";

const orderRowsSchema = z.array(
  z.object({
    sellerId: z.uuid().nullable(),
    status: z.enum(OrderStatus),
    keptMinor: z.int(),
    currency: z.string(),
    soldAt: z.date().nullable(),
  }),
);

/** The seller, currency and time whose sums include a sale. */
export interface Sale {
  sellerId: string;
  currency: string;
  soldAt: Date;
}

/**
 * Updates `RankedSale` to an order's current state: a row with what the buyer paid in money less refunds, or none. Safe to
 * repeat and to run concurrently: the order stays locked until the row computed from it has committed.
 *
 * @returns the sale whose sums may have changed; null when none was ever counted, or the seller was deleted
 */
export async function syncRankedSale(orderId: string): Promise<Sale | null> {
  return transaction(async (tx) => {
    const rows = await tx.$queryRaw`
SELECT "sellerId", status, "amountMinor" - "bonusMinor" - "refundedMinor" AS "keptMinor", currency,
  "paidAt" AS "soldAt"
FROM "Order" WHERE id = ${orderId}::uuid FOR SHARE`;
    const [order] = orderRowsSchema.parse(rows);
    if (!order) return null;
    const { sellerId, status, keptMinor, currency, soldAt } = order;
    const counts = isSold(status) && keptMinor > 0;
    if (!counts || !sellerId || !soldAt) {
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
