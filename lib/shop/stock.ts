import type { Transaction } from "../db";

/**
 * Reserves goods, in the transaction of the order that gets them. Of buyers at once nobody gets what is not there:
 * the condition is part of the update, and a constraint stands behind it.
 *
 * @returns false when there is not enough, or no such product any more; nothing has changed then
 */
export async function reserveStock(tx: Transaction, productId: string, quantity: number): Promise<boolean> {
  const product = await tx.product.findUnique({ where: { id: productId }, select: { stock: true } });
  if (!product) return false;
  // As many as people want: buyers of it need not queue for the row.
  if (product.stock === null) return true;
  const { count } = await tx.product.updateMany({
    where: { id: productId, stock: { gte: quantity } },
    data: { stock: { decrement: quantity } },
  });
  return count === 1;
}

/** Puts goods back. Whoever calls it has just made the one change of the order that allows it. */
export async function releaseStock(
  tx: Transaction,
  productId: string | null,
  quantity: number,
): Promise<void> {
  if (productId === null || quantity === 0) return;
  await tx.product.updateMany({
    where: { id: productId, stock: { not: null } },
    data: { stock: { increment: quantity } },
  });
}
