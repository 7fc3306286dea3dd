import { z } from "zod";
import { lockLedger } from "../bonuses";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { failpoint } from "../core/failpoint";
import { newId } from "../core/ids";
import type { Locale } from "../core/locale";
import { db, isForeignKeyViolation, isUniqueViolation, type Transaction, transaction } from "../db";
import { maxBonusMinor, payWithBonuses } from "../schemas/bonus-price";
import { MAX_AMOUNT_MINOR } from "../schemas/limits";
import type { newOrderSchema, PlacedOrder } from "../schemas/order";
import { openCheckout, type UnpaidOrder } from "./checkout";
import { takeBonuses } from "./order-bonuses";
import { enqueueOrderCheck } from "./order-checks";
import { getOrder } from "./orders";
import { reserveStock } from "./stock";
import { stripe } from "./stripe";

/**
 * Places an order: reserves the goods and takes the bonuses that pay a part of it, then opens the payment provider's page
 * for the rest. The order commits first, together with its first check task, which cleans up after a crash at any point.
 *
 * Safe to retry with the same `clientKey`: it is one order, and every response is that of the first request.
 *
 * @throws {AppError} not_found; conflict (sold out, archived, its sound is not processed yet, not enough bonuses, the
 *         key belongs to another order); forbidden for the buyer's own product; bad_request when the amount exceeds one
 *         payment, or the bonuses what they may pay of it; unavailable when payments do not work: nothing was charged
 */
export async function placeOrder(
  buyer: Caller,
  input: z.output<typeof newOrderSchema>,
  locale: Locale,
): Promise<PlacedOrder> {
  stripe(); // Throws before anything is reserved when payments are not set up.
  const order = (await findPlacedOrder(buyer, input)) ?? (await reserveOrder(buyer, input, locale));
  const checkoutUrl =
    order.status === "pending" && order.checkoutUrl === null ? await openCheckout(order) : order.checkoutUrl;
  return { order: await getOrder(order.id, buyer), checkoutUrl };
}

const columns = {
  id: true,
  status: true,
  productId: true,
  title: true,
  quantity: true,
  unitPriceMinor: true,
  amountMinor: true,
  bonusMinor: true,
  bonusAmount: true,
  currency: true,
  locale: true,
  checkoutUrl: true,
  createdAt: true,
} as const;

type PlacedOrderRow = UnpaidOrder & { status: string; bonusAmount: number; checkoutUrl: string | null };

async function findPlacedOrder(
  { userId }: Caller,
  { clientKey, productId, quantity, bonusAmount }: z.output<typeof newOrderSchema>,
): Promise<PlacedOrderRow | null> {
  if (clientKey === undefined) return null;
  const order = await db().order.findUnique({
    where: { buyerId_clientKey: { buyerId: userId, clientKey } },
    select: columns,
  });
  if (!order) return null;
  const isSame =
    order.productId === productId &&
    order.quantity === quantity &&
    order.bonusAmount === payWithBonuses(bonusAmount, order.currency).bonusAmount;
  if (!isSame) throw new AppError("conflict", { message: "order_key_reused", field: "clientKey" });
  return order;
}

async function reserveOrder(
  buyer: Caller,
  input: z.output<typeof newOrderSchema>,
  locale: Locale,
): Promise<PlacedOrderRow> {
  try {
    const insert = () => transaction((tx) => insertOrder(tx, buyer, input, locale));
    const order = await insert().catch((error: unknown) => {
      // The buyer's or the seller's account was deleted concurrently: the second try sees it and throws the right error.
      if (isForeignKeyViolation(error)) return insert();
      throw error;
    });
    await failpoint("shop.order.placed");
    return order;
  } catch (error) {
    // A concurrent duplicate of this request may have committed first, and may have taken the last unit.
    const mayBePlaced = isUniqueViolation(error) || (error instanceof AppError && error.code === "conflict");
    const placed = mayBePlaced ? await findPlacedOrder(buyer, input) : null;
    if (placed) return placed;
    throw error;
  }
}

async function insertOrder(
  tx: Transaction,
  { userId }: Caller,
  { productId, quantity, bonusAmount, clientKey }: z.output<typeof newOrderSchema>,
  locale: Locale,
): Promise<PlacedOrderRow> {
  const product = await tx.product.findUnique({
    where: { id: productId },
    include: { audioFile: { select: { status: true } } },
  });
  if (!product) throw new AppError("not_found", { message: "product_not_found" });
  if (product.sellerId === userId) throw new AppError("forbidden", { message: "own_product" });
  const bonuses = payWithBonuses(bonusAmount, product.currency);
  // The stronger lock of the two on the buyer's account is taken first: another one may wait between them.
  if (bonuses.bonusMinor > 0) await lockLedger(tx, userId);
  const accounts = await lockAccounts(tx, [userId, product.sellerId]);
  if (!accounts.has(userId)) throw new AppError("unauthenticated");
  const hasSeller = product.sellerId !== null && accounts.has(product.sellerId);
  if (product.archivedAt || !hasSeller) throw new AppError("conflict", { message: "product_archived" });
  // A sound that may still turn out to be damaged is not sold.
  if (product.audioFile && product.audioFile.status !== "ready")
    throw new AppError("conflict", { message: "product_not_ready" });
  const amountMinor = product.priceMinor * quantity;
  if (amountMinor > MAX_AMOUNT_MINOR) {
    throw new AppError("bad_request", { message: "order_too_large", field: "quantity" });
  }
  if (bonuses.bonusMinor > maxBonusMinor(amountMinor)) {
    throw new AppError("bad_request", { message: "too_many_bonuses", field: "bonusAmount" });
  }
  const id = newId();
  if (!(await takeBonuses(tx, { orderId: id, buyerId: userId, title: product.title, ...bonuses })))
    throw new AppError("conflict", { message: "not_enough_bonuses" });
  if (!(await reserveStock(tx, productId, quantity))) throw new AppError("conflict", { message: "sold_out" });
  const order = await tx.order.create({
    data: {
      id,
      buyerId: userId,
      sellerId: product.sellerId,
      productId,
      kind: product.kind,
      title: product.title,
      quantity,
      unitPriceMinor: product.priceMinor,
      amountMinor,
      ...bonuses,
      currency: product.currency,
      locale,
      clientKey,
      createdAt: new Date(now()),
    },
    select: columns,
  });
  await enqueueOrderCheck(tx, order, 0);
  return order;
}

const accountRowsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * Locks the buyer's and the seller's accounts until the order has committed: a deletion of either waits, and then finds
 * the order unsettled. Locked before the product, as the deletion locks nothing after the account.
 *
 * @returns those that exist and whose deletion was not requested
 */
async function lockAccounts(tx: Transaction, ids: readonly (string | null)[]): Promise<Set<string>> {
  const accountIds = ids.filter((id) => id !== null);
  const rows = await tx.$queryRaw`
SELECT id FROM "User" WHERE id = ANY(${accountIds}::uuid[]) AND "deletedAt" IS NULL ORDER BY id FOR KEY SHARE`;
  return new Set(accountRowsSchema.parse(rows).map(({ id }) => id));
}
