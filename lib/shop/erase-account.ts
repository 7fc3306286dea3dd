import { z } from "zod";
import { now } from "../core/clock";
import { db, type Transaction, transaction } from "../db";
import { invalidateProducts } from "./products";

/**
 * The shop's part of deleting an account: what refuses the deletion, and its products. Once the deletion is requested
 * no order is placed with the account (place-order.ts).
 */

/** Why an order blocks the deletion of its buyer's and seller's accounts. */
export type UnsettledReason = "pending" | "paid" | "refunding";

const ordersSchema = z.array(
  z.object({ id: z.uuid(), title: z.string(), reason: z.enum(["pending", "paid", "refunding"]) }),
);

/** Limit of the list; the deletion is blocked by the first one already. */
const MAX_ORDERS = 20;

/**
 * An account's orders whose money is not settled: pending, or failed and still payable at the provider; paid and not
 * delivered; or with a refund under way. Oldest first. With the account's row locked FOR UPDATE, no order can be added:
 * placing one locks both accounts. Takes no locks itself. Refunds are found by their tasks, which are few.
 */
export async function listUnsettledOrders(
  tx: Transaction,
  userId: string,
): Promise<{ id: string; title: string; reason: UnsettledReason }[]> {
  const rows = await tx.$queryRaw`
WITH mine AS (
  SELECT id, title, CASE WHEN status = 'paid' THEN 'paid' ELSE 'pending' END AS reason
  FROM "Order" WHERE ("buyerId" = ${userId}::uuid OR "sellerId" = ${userId}::uuid)
    AND (status IN ('pending', 'paid') OR (status = 'failed' AND "checkoutUrl" IS NOT NULL))
  UNION
  SELECT refunded.id, refunded.title, 'refunding' FROM "Task" task
  JOIN "Order" refunded ON refunded.id = (task.payload ->> 'orderId')::uuid
  WHERE task.queue = 'payments' AND task.payload ->> 'action' = 'refund'
    AND task.state IN ('pending', 'published', 'running')
    AND (refunded."buyerId" = ${userId}::uuid OR refunded."sellerId" = ${userId}::uuid)
)
SELECT DISTINCT ON (id) id, title, reason FROM mine ORDER BY id, reason LIMIT ${MAX_ORDERS}`;
  return ordersSchema.parse(rows);
}

/** Products that one invalidation, or one deletion, covers. */
const PAGE_SIZE = 500;

/**
 * Invalidates a seller's cached products, newest first.
 * @param hasTime  checked after each page; false ends the call
 */
export async function hideSellerProducts(sellerId: string, hasTime: () => boolean): Promise<void> {
  for (let before: string | undefined; ; ) {
    const products = await db().product.findMany({
      where: { sellerId, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: "desc" },
      take: PAGE_SIZE,
      select: { id: true },
    });
    const ids = products.map(({ id }) => id);
    await transaction((tx) => invalidateProducts(tx, ids));
    before = ids.at(-1);
    if (ids.length < PAGE_SIZE || !hasTime()) return;
  }
}

const idsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * Removes one batch of a seller's products: those without orders are deleted; the others stay, archived and without a
 * seller, so that their buyers keep them. The commit invalidates the cache.
 *
 * @returns how many; 0 when none is left
 */
export function eraseProductBatch(sellerId: string): Promise<number> {
  return transaction(async (tx) => {
    // Locked: an order that is being placed either has committed, or waits and then finds no product for sale.
    const rows = await tx.$queryRaw`
SELECT id FROM "Product" WHERE "sellerId" = ${sellerId}::uuid ORDER BY id LIMIT ${PAGE_SIZE} FOR UPDATE`;
    const ids = idsSchema.parse(rows).map(({ id }) => id);
    if (ids.length === 0) return 0;
    await invalidateProducts(tx, ids);
    await tx.product.deleteMany({ where: { id: { in: ids }, orders: { none: {} } } });
    await tx.product.updateMany({
      where: { id: { in: ids }, archivedAt: null },
      data: { archivedAt: new Date(now()) },
    });
    await tx.product.updateMany({ where: { id: { in: ids } }, data: { sellerId: null } });
    return ids.length;
  });
}
