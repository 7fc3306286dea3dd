import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { requireFreshSignIn, type SignedInCaller } from "../core/permission";
import { db, isForeignKeyViolation, transaction } from "../db";
import { idSchema } from "../schemas/id";
import {
  type newProductSchema,
  type Product,
  type ProductPage,
  productPageQuerySchema,
} from "../schemas/product";

/** Columns that `toProduct` needs. */
const productColumns = {
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
function toProduct({ seller, archivedAt, createdAt, ...row }: ProductRow): Product {
  return {
    ...row,
    sellerName: seller?.name ?? null,
    archived: archivedAt !== null,
    createdAt: createdAt.toISOString(),
  };
}

/**
 * Creates a product.
 * @throws {AppError} forbidden for listeners; unauthenticated when the seller's account was deleted
 */
export async function createProduct(
  seller: Caller,
  input: z.output<typeof newProductSchema>,
): Promise<Product> {
  // The access token may be older than a change of the role.
  const account = await db().user.findUnique({ where: { id: seller.userId }, select: { role: true } });
  if (!account) throw new AppError("unauthenticated");
  if (account.role === "listener") throw new AppError("forbidden", { message: "artists_only" });
  const row = await db()
    .product.create({ data: { id: newId(), sellerId: seller.userId, ...input }, select: productColumns })
    .catch((error: unknown) => {
      // The account was deleted concurrently.
      if (isForeignKeyViolation(error)) throw new AppError("unauthenticated", { cause: error });
      throw error;
    });
  return toProduct(row);
}

/** Products for sale, newest first. */
export async function listProducts(page: z.input<typeof productPageQuerySchema> = {}): Promise<ProductPage> {
  const { cursor, limit, kind, sellerId } = productPageQuerySchema.parse(page);
  const rows = await db().product.findMany({
    where: { archivedAt: null, kind, sellerId, ...(cursor ? { id: { lt: cursor } } : {}) },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: productColumns,
  });
  const items = rows.slice(0, limit).map(toProduct);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** One product, archived or not; null when there is none, or for an id that is not a UUID. */
export async function getProduct(id: string): Promise<Product | null> {
  const parsed = idSchema.safeParse(id);
  if (!parsed.success) return null;
  const row = await db().product.findUnique({ where: { id: parsed.data }, select: productColumns });
  return row && toProduct(row);
}

/**
 * Archives a product: it is no longer for sale, and its buyers keep it. Safe to repeat. The audit log records an
 * administrator who archives another seller's product.
 *
 * @throws {AppError} not_found; forbidden for another seller's product, unless the caller is an administrator;
 *         fresh_sign_in_required for an administrator and another seller's product
 */
export async function archiveProduct(
  id: string,
  caller: SignedInCaller,
  auditContext: AuditContext = {},
): Promise<Product> {
  const { userId, role } = caller;
  const product = await db().product.findUnique({ where: { id }, select: { sellerId: true } });
  if (!product) throw new AppError("not_found", { message: "product_not_found" });
  const isOwn = product.sellerId === userId;
  if (role !== "admin" && !isOwn) throw new AppError("forbidden");
  if (!isOwn) requireFreshSignIn(caller);
  const row = await transaction(async (tx) => {
    const { count } = await tx.product.updateMany({
      where: { id, archivedAt: null },
      data: { archivedAt: new Date(now()) },
    });
    if (count > 0 && !isOwn) {
      const subject = `product:${id}` as const;
      await recordAudit(tx, { action: "product_archived", actorId: userId, subject, ...auditContext });
    }
    return tx.product.findUnique({ where: { id }, select: productColumns });
  });
  if (!row) throw new AppError("not_found", { message: "product_not_found" });
  return toProduct(row);
}
