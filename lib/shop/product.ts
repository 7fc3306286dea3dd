import { cacheManager, productTag, SHOP_TAG } from "../cache";
import type { Prisma, Transaction } from "../db";
import { audioFileColumns, coverFileColumns, toCoverView, toTrackView } from "../media";
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
  seller: { select: { name: true, handle: true, deletedAt: true } },
  audioFile: audioFileColumns,
  coverFile: coverFileColumns,
} as const satisfies Prisma.ProductSelect;

/** Selects products of no seller, or of one whose account is not being erased. */
export const hasNoErasedSeller = { OR: [{ sellerId: null }, { seller: { deletedAt: null } }] };

type ProductRow = Prisma.ProductGetPayload<{ select: typeof productColumns }>;

/** Converts a row to the product's public view; without the seller while the seller's account is being erased. */
export function toProduct({
  seller,
  archivedAt,
  createdAt,
  audioFile,
  coverFile,
  ...row
}: ProductRow): Product {
  const isErased = seller !== null && seller.deletedAt !== null;
  return {
    ...row,
    sellerId: isErased ? null : row.sellerId,
    sellerName: isErased ? null : (seller?.name ?? null),
    sellerHandle: isErased ? null : (seller?.handle ?? null),
    track: toTrackView(audioFile, coverFile, "preview"),
    cover: toCoverView(coverFile),
    archived: isErased || archivedAt !== null,
    createdAt: createdAt.toISOString(),
  };
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
