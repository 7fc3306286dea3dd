import { z } from "zod";
import { now } from "../core/clock";
import type { Transaction } from "../db";

/**
 * What the shop does when an account is deleted, in the transaction that deletes it: first {@link lockAccountTrade}, then the
 * account's row, then the rest.
 */

/**
 * Keeps everything that somebody bought, sold or sells as it is until the transaction ends; in the order in which all
 * locks of the shop are taken. The account's row comes after them: an order that is being placed locks the product and
 * then points to its seller.
 */
export async function lockAccountTrade(tx: Transaction, userId: string): Promise<void> {
  await tx.$executeRaw`
SELECT 1 FROM "Order" WHERE "buyerId" = ${userId}::uuid OR "sellerId" = ${userId}::uuid ORDER BY id FOR UPDATE`;
  await tx.$executeRaw`SELECT 1 FROM "Product" WHERE "sellerId" = ${userId}::uuid ORDER BY id FOR UPDATE`;
}

/** Why an order keeps the accounts of its buyer and seller from being deleted. */
export type UnsettledReason = "pending" | "paid" | "refunding";

const ordersSchema = z.array(
  z.object({ id: z.uuid(), title: z.string(), why: z.enum(["pending", "paid", "refunding"]) }),
);

/** As many as a page lists. */
const MAX_ORDERS = 20;

/**
 * Somebody's orders whose money is not where it will stay: not paid yet, or given up and still open at the provider;
 * paid and not handed over; or on its way back. Oldest first.
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
 * Takes a seller's products away: those that nobody ordered are deleted; the others stay, off sale and without a
 * seller, so that who bought them keeps them. Orders lose the name by themselves.
 */
export async function deleteAccountProducts(tx: Transaction, sellerId: string): Promise<void> {
  await tx.product.deleteMany({ where: { sellerId, orders: { none: {} } } });
  await tx.product.updateMany({
    where: { sellerId, archivedAt: null },
    data: { archivedAt: new Date(now()) },
  });
  await tx.product.updateMany({ where: { sellerId }, data: { sellerId: null } });
}
