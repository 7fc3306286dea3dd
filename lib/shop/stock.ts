import type { Transaction } from "../db";
import { invalidateProducts } from "./products";

/**
 * Reserves goods in the transaction of their order. Concurrent buyers never oversell: the condition is part of the
 * update, and a database constraint backs it up. A cached stock plays no part; the commit invalidates it.
 *
 * @returns false when there is not enough stock or the product no longer exists; nothing has changed then
 */
export async function reserveStock(tx: Transaction, productId: string, quantity: number): Promise<boolean> {
  const product = await tx.product.findUnique({ where: { id: productId }, select: { stock: true } });
  if (!product) return false;
  // Unlimited: buyers do not wait for the row's lock.
  if (product.stock === null) return true;
  const { count } = await tx.product.updateMany({
    where: { id: productId, stock: { gte: quantity } },
    data: { stock: { decrement: quantity } },
  });
  if (count === 0) return false;
  await invalidateProducts(tx, [productId]);
  return true;
}

/** Returns goods to stock. Not safe to repeat: call it once, with the order's status change that releases them. */
export async function releaseStock(
  tx: Transaction,
  productId: string | null,
  quantity: number,
): Promise<void> {
  if (productId === null || quantity === 0) return;
  const { count } = await tx.product.updateMany({
    where: { id: productId, stock: { not: null } },
    data: { stock: { increment: quantity } },
  });
  if (count > 0) await invalidateProducts(tx, [productId]);
}
