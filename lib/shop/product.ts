import type { Product } from "../schemas/product";

/** Columns that `toProduct` needs. */
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
  seller: { select: { name: true } },
} as const;

type ProductRow = Omit<Product, "sellerName" | "archived" | "createdAt"> & {
  archivedAt: Date | null;
  createdAt: Date;
  seller: { name: string } | null;
};

/** Converts a row to the product's public view. */
export function toProduct({ seller, archivedAt, createdAt, ...row }: ProductRow): Product {
  return {
    ...row,
    sellerName: seller?.name ?? null,
    archived: archivedAt !== null,
    createdAt: createdAt.toISOString(),
  };
}
