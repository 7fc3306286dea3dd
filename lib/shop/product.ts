import { cacheManager } from "../cache";
import type { Transaction } from "../db";
import type { Product } from "../schemas/product";

/** What Prisma must select for `toProduct`. */
export const productColumns = {
  id: true,
  kind: true,
  title: true,
  description: true,
  priceMinor: true,
  currency: true,
  stock: true,
  sellerId: true,
  archivedAt: true,
  createdAt: true,
  seller: { select: { name: true, deletedAt: true } },
} as const;

/** Selects products of no seller, or of one whose account is not being erased. */
export const hasNoErasedSeller = { OR: [{ sellerId: null }, { seller: { deletedAt: null } }] };

type ProductRow = Omit<Product, "sellerName" | "archived" | "createdAt"> & {
  archivedAt: Date | null;
  createdAt: Date;
  seller: { name: string; deletedAt: Date | null } | null;
};

/** Converts a row to the product's public view; without the seller while the seller's account is being erased. */
export function toProduct({ seller, archivedAt, createdAt, ...row }: ProductRow): Product {
  const isErased = seller !== null && seller.deletedAt !== null;
  return {
    ...row,
    sellerId: isErased ? null : row.sellerId,
    sellerName: isErased ? null : (seller?.name ?? null),
    archived: isErased || archivedAt !== null,
    createdAt: createdAt.toISOString(),
  };
}

/** The cache tag of every list of products. */
export const SHOP_TAG = "shop";

export function productTag(id: string): string {
  return `product:${id}`;
}

/**
 * Invalidates cached products and all lists, in the transaction that changes them: every column of `productColumns`
 * counts, the stock and the seller's name too.
 */
export async function invalidateProducts(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await cacheManager.invalidateAfterCommit(tx, [SHOP_TAG, ...ids.map(productTag)]);
}

/** Invalidates a seller's cached products, in the transaction that changes the seller's name or removes them. */
export async function invalidateSellerProducts(tx: Transaction, sellerId: string): Promise<void> {
  const products = await tx.product.findMany({ where: { sellerId }, select: { id: true } });
  await invalidateProducts(
    tx,
    products.map(({ id }) => id),
  );
}
