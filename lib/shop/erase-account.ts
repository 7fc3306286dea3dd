import { z } from "zod";
import { now } from "../core/clock";
import type { Transaction } from "../db";
import { invalidateSellerProducts } from "./product";

/**
 * The shop's part of erasing an account, in the transaction that deletes it: call {@link lockAccountTrade}, then lock
 * the account's row, then call the rest.
 */

/**
 * Locks all orders and products of an account until the transaction ends, in the shop's lock order. The account's row
 * must be locked after them: placing an order locks the product and then references its seller.
 */
export async function lockAccountTrade(tx: Transaction, userId: string): Promise<void> {
  await tx.$executeRaw`
SELECT 1 FROM "Order" WHERE "buyerId" = ${userId}::uuid OR "sellerId" = ${userId}::uuid ORDER BY id FOR UPDATE`;
  await tx.$executeRaw`SELECT 1 FROM "Product" WHERE "sellerId" = ${userId}::uuid ORDER BY id FOR UPDATE`;
}

/** Why an order blocks the erasure of its buyer's and seller's accounts. */
export type UnsettledReason = "pending" | "paid" | "refunding";

const ordersSchema = z.array(
  z.object({ id: z.uuid(), title: z.string(), why: z.enum(["pending", "paid", "refunding"]) }),
);

/** Limit of the list; erasure is blocked by the first one already. */
const MAX_ORDERS = 20;

/**
 * An account's orders whose money is not settled: pending, or failed and still payable at the provider; paid and not
 * delivered; or with a refund under way. Oldest first.
 */
export async function listUnsettledOrders(
  tx: Transaction,
  userId: string,
): Promise<{ id: string; title: string; why: UnsettledReason }[]> {
  const rows = await tx.$queryRaw`
WITH mine AS (
  SELECT id, title, CASE
    WHEN status = 'pending' OR (status = 'failed' AND "checkoutUrl" IS NOT NULL) THEN 'pending'
    WHEN status = 'paid' THEN 'paid'
    WHEN EXISTS (
      SELECT FROM "Task" task WHERE task.subject = 'order:' || "Order".id AND task.queue = 'payments'
        AND task.payload ->> 'action' = 'refund' AND task.state IN ('pending', 'published', 'running')
    ) THEN 'refunding'
  END AS why
  FROM "Order" WHERE "buyerId" = ${userId}::uuid OR "sellerId" = ${userId}::uuid
)
SELECT id, title, why FROM mine WHERE why IS NOT NULL ORDER BY id LIMIT ${MAX_ORDERS}`;
  return ordersSchema.parse(rows);
}

/**
 * Removes a seller's products: those without orders are deleted; the others stay, archived and without a seller, so
 * that their buyers keep them. Orders lose the seller through their foreign key. The commit invalidates the cache.
 */
export async function deleteAccountProducts(tx: Transaction, sellerId: string): Promise<void> {
  await invalidateSellerProducts(tx, sellerId);
  await tx.product.deleteMany({ where: { sellerId, orders: { none: {} } } });
  await tx.product.updateMany({
    where: { sellerId, archivedAt: null },
    data: { archivedAt: new Date(now()) },
  });
  await tx.product.updateMany({ where: { sellerId }, data: { sellerId: null } });
}
