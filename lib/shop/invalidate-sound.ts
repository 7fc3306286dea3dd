import type { Transaction } from "../db";
import { invalidateProducts } from "./product";

/** Invalidates the products with a sound, in the transaction that changes what is known of it. */
export async function invalidateProductsWithSound(tx: Transaction, fileId: string): Promise<void> {
  const products = await tx.product.findMany({ where: { audioFileId: fileId }, select: { id: true } });
  await invalidateProducts(
    tx,
    products.map(({ id }) => id),
  );
}
