import type { z } from "zod";
import { type AuditContext, recordAudit } from "../audit";
import { cacheManager, productTag, SHOP_TAG } from "../cache";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { requireFreshSignIn, type SignedInCaller } from "../core/permission";
import {
  claimIdempotencyKey,
  db,
  isForeignKeyViolation,
  type Prisma,
  type Transaction,
  transaction,
} from "../db";
import { audioFileColumns, coverFileColumns, requireUsableUploads, toCoverView, toTrackView } from "../media";
import { idSchema } from "../schemas/id";
import {
  type newProductSchema,
  type Product,
  type ProductPage,
  productPageQuerySchema,
} from "../schemas/product";

/**
 * Creates a product; the shop shows it immediately. Safe to repeat with the same key: it is one product.
 *
 * @throws {AppError} forbidden for listeners; unauthenticated when the seller's account was deleted; conflict when the
 *         key was used for another product; what `requireUsableUploads` throws for the sound and the cover
 */
export async function createProduct(
  caller: Caller,
  input: z.output<typeof newProductSchema>,
  key?: string,
): Promise<Product> {
  const { userId } = caller;
  // The access token may be older than a change of the role.
  const account = await db().user.findUnique({
    where: { id: userId, deletedAt: null },
    select: { role: true },
  });
  if (!account) throw new AppError("unauthenticated");
  if (account.role === "listener") throw new AppError("forbidden", { message: "artists_only" });
  const row = await transaction(async (tx) => {
    const { id, isRepeat } = await claimIdempotencyKey(tx, { userId, scope: "product", key, input });
    if (isRepeat) return tx.product.findUnique({ where: { id }, select: productColumns });
    await requireUsableUploads(tx, caller, input);
    await cacheManager.invalidateAfterCommit(tx, [SHOP_TAG, productTag(id)]);
    return tx.product.create({ data: { id, sellerId: userId, ...input }, select: productColumns });
  }).catch((error: unknown) => {
    // The account was deleted concurrently.
    if (isForeignKeyViolation(error)) throw new AppError("unauthenticated", { cause: error });
    throw error;
  });
  if (!row) throw new AppError("not_found", { message: "product_not_found" });
  return toProduct(row);
}

/** Products for sale, newest first, from the cache until a product changes. */
export async function listProducts(page: z.input<typeof productPageQuerySchema> = {}): Promise<ProductPage> {
  const query = productPageQuerySchema.parse(page);
  const { cursor, limit, kind, sellerId } = query;
  return cacheManager.getOrSet(
    cursor || sellerId ? "olderShop" : "shop",
    `${kind ?? "all"}:${sellerId ?? "all"}:${cursor ?? "newest"}:${limit}`,
    () => loadPage(query),
    { tags: [SHOP_TAG] },
  );
}

async function loadPage({
  cursor,
  limit,
  kind,
  sellerId,
}: z.output<typeof productPageQuerySchema>): Promise<ProductPage> {
  const rows = await db().product.findMany({
    where: {
      archivedAt: null,
      kind,
      sellerId,
      ...hasNoErasedSeller,
      ...(cursor ? { id: { lt: cursor } } : {}),
    },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: productColumns,
  });
  const items = rows.slice(0, limit).map(toProduct);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/**
 * One product, archived or not, from the cache; null when there is none, or for an id that is not a UUID. Its stock is
 * for display: another instance may show the old one for a second, and an order is decided on the row (`reserveStock`).
 */
export async function getProduct(id: string): Promise<Product | null> {
  const parsed = idSchema.safeParse(id);
  if (!parsed.success) return null;
  return cacheManager.getOrSet("products", parsed.data, () => loadProduct(parsed.data), {
    tags: [productTag(parsed.data)],
  });
}

async function loadProduct(id: string): Promise<Product | null> {
  const row = await db().product.findUnique({ where: { id }, select: productColumns });
  if (!row) return null;
  // Of an erased seller's products only those that were ordered stay.
  if (row.seller?.deletedAt && (await db().order.count({ where: { productId: id }, take: 1 })) === 0)
    return null;
  return toProduct(row);
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
    if (count > 0) await invalidateProducts(tx, [id]);
    if (count > 0 && !isOwn) {
      const subject = `product:${id}` as const;
      await recordAudit(tx, { action: "product_archived", actorId: userId, subject, ...auditContext });
    }
    return tx.product.findUnique({ where: { id }, select: productColumns });
  });
  if (!row) throw new AppError("not_found", { message: "product_not_found" });
  return toProduct(row);
}

/** What Prisma must select for `toProduct`. */
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
  seller: { select: { name: true, handle: true, deletedAt: true } },
  audioFile: audioFileColumns,
  coverFile: coverFileColumns,
} as const satisfies Prisma.ProductSelect;

/** Selects products of no seller, or of one whose account is not being erased. */
export const hasNoErasedSeller = { OR: [{ sellerId: null }, { seller: { deletedAt: null } }] };

type ProductRow = Prisma.ProductGetPayload<{ select: typeof productColumns }>;

/** Converts a row to the product's public view; without the seller while the seller's account is being erased. */
function toProduct({ seller, archivedAt, createdAt, audioFile, coverFile, ...row }: ProductRow): Product {
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
