import type { z } from "zod";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { db } from "../db";
import type { DeliveryView } from "../schemas/delivery";
import type { ProductKind } from "../schemas/enums";
import { idSchema } from "../schemas/id";
import { type OrderPage, type OrderSummary, type OrderView, orderPageQuerySchema } from "../schemas/order";
import { listTasksBySubject } from "../tasks";
import { links } from "./links";
import { orderSubject } from "./lock-order";

const summaryColumns = {
  id: true,
  status: true,
  kind: true,
  title: true,
  quantity: true,
  unitPriceMinor: true,
  amountMinor: true,
  bonusMinor: true,
  bonusAmount: true,
  bonusReturnedAt: true,
  currency: true,
  refundedMinor: true,
  productId: true,
  sellerId: true,
  buyerId: true,
  createdAt: true,
  paidAt: true,
  deliveredAt: true,
  closedAt: true,
  buyer: { select: { name: true, handle: true, deletedAt: true } },
  seller: { select: { name: true, handle: true, deletedAt: true } },
} as const;

const columns = {
  ...summaryColumns,
  checkoutUrl: true,
  deliveries: { orderBy: { unit: "asc" } },
  product: { select: { assetUrl: true, audioFileId: true } },
  buyer: { select: { ...summaryColumns.buyer.select, referredById: true } },
} as const;

type TimestampField = "createdAt" | "paidAt" | "deliveredAt" | "closedAt" | "bonusReturnedAt";

type PartyField = "sellerName" | "sellerHandle" | "buyerName" | "buyerHandle";

interface OrderSummaryRow extends Omit<OrderSummary, TimestampField | PartyField> {
  createdAt: Date;
  paidAt: Date | null;
  deliveredAt: Date | null;
  closedAt: Date | null;
  bonusReturnedAt: Date | null;
  buyer: Party | null;
  seller: Party | null;
}

interface Party {
  name: string;
  handle: string;
  deletedAt: Date | null;
}

function toSummary(
  { buyer: bought, seller: sold, ...row }: OrderSummaryRow,
  forBuyer: boolean,
): OrderSummary {
  // The order will lose a party whose account is being erased.
  const seller = sold?.deletedAt ? null : sold;
  const buyer = forBuyer || bought?.deletedAt ? null : bought;
  return {
    ...row,
    ...{ sellerId: seller && row.sellerId, sellerName: seller?.name ?? null },
    ...{ sellerHandle: seller?.handle ?? null, buyerId: buyer && row.buyerId },
    ...{ buyerName: buyer?.name ?? null, buyerHandle: buyer?.handle ?? null },
    createdAt: row.createdAt.toISOString(),
    paidAt: row.paidAt?.toISOString() ?? null,
    deliveredAt: row.deliveredAt?.toISOString() ?? null,
    closedAt: row.closedAt?.toISOString() ?? null,
    bonusReturnedAt: row.bonusReturnedAt?.toISOString() ?? null,
  };
}

/** The caller's purchases or sales, newest first. Sellers see orders once they are paid. */
export async function listOrders(
  { userId }: Caller,
  page: z.input<typeof orderPageQuerySchema> = {},
): Promise<OrderPage> {
  const { cursor, limit, as } = orderPageQuerySchema.parse(page);
  const ownerWhere = as === "buyer" ? { buyerId: userId } : { sellerId: userId, paidAt: { not: null } };
  const rows = await db().order.findMany({
    where: { ...ownerWhere, ...(cursor ? { id: { lt: cursor } } : {}) },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: summaryColumns,
  });
  const items = rows.slice(0, limit).map((row) => toSummary(row, as === "buyer"));
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/**
 * An order with its tasks and deliveries. The seller sees the sale and its progress, but neither codes nor whether a
 * referrer earned a bonus. The task of a bonus runs for every order, and is shown when the buyer has a referrer.
 *
 * @throws {AppError} not_found, also for an order that the caller may not see
 */
export async function getOrder(id: string, caller: Caller): Promise<OrderView> {
  const parsed = idSchema.safeParse(id);
  const row = parsed.success
    ? await db().order.findUnique({ where: { id: parsed.data }, select: columns })
    : null;
  const viewedAs = row && findViewerRole(row, caller);
  if (!row || !viewedAs) throw new AppError("not_found", { message: "order_not_found" });
  const tasks = await listTasksBySubject(orderSubject(row.id));
  const { deliveries, product, checkoutUrl, ...summary } = row;
  const showsBonus = viewedAs !== "seller" && Boolean(row.buyer?.referredById);
  return {
    ...toSummary(summary, viewedAs === "buyer"),
    viewedAs,
    checkoutUrl: viewedAs === "buyer" ? checkoutUrl : null,
    tasks: tasks
      .filter(({ queue }) => showsBonus || queue !== "referral-bonuses")
      .map(({ queue, state }) => ({ queue, state })),
    deliveries:
      viewedAs === "seller"
        ? []
        : deliveries.map((delivery) => toDeliveryView(delivery, product !== null && hasDownload(product))),
  };
}

/** Those of the given orders that the caller may see. One SQL statement. */
export async function filterReadableOrderIds(
  { userId, role }: Pick<Caller, "userId" | "role">,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const readableWhere =
    role === "admin" ? {} : { OR: [{ buyerId: userId }, { sellerId: userId, paidAt: { not: null } }] };
  const rows = await db().order.findMany({
    where: { id: { in: [...ids] }, ...readableWhere },
    select: { id: true },
  });
  return new Set(rows.map(({ id }) => id));
}

function findViewerRole(
  { buyerId, sellerId, paidAt }: { buyerId: string | null; sellerId: string | null; paidAt: Date | null },
  { userId, role }: Caller,
): OrderView["viewedAs"] | null {
  if (buyerId === userId) return "buyer";
  if (sellerId === userId && paidAt) return "seller";
  return role === "admin" ? "admin" : null;
}

/** Whether buyers of a product download something. */
export function hasDownload(product: { assetUrl: string | null; audioFileId: string | null }): boolean {
  return product.assetUrl !== null || product.audioFileId !== null;
}

interface DeliveryRow {
  id: string;
  kind: ProductKind;
  unit: number;
  code: string;
  createdAt: Date;
  revokedAt: Date | null;
  usedAt: Date | null;
}

export function toDeliveryView(row: DeliveryRow, hasAsset: boolean): DeliveryView {
  const { id, kind, unit, code, createdAt, revokedAt, usedAt } = row;
  const isActive = revokedAt === null;
  return {
    ...{ id, kind, unit },
    // A track's code is the secret in its download link.
    code: kind === "track" ? null : code,
    downloadUrl: isActive && hasAsset && kind !== "ticket" ? links.download(id, code) : null,
    revokedAt: revokedAt?.toISOString() ?? null,
    usedAt: usedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
