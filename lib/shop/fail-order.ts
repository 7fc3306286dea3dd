import { now } from "../core/clock";
import type { Transaction } from "../db";
import { lockOrder } from "./lock-order";
import { returnBonuses } from "./order-bonuses";
import { releaseStock } from "./stock";

/**
 * Marks an unpaid order as failed and releases its goods. Safe to repeat: only a pending order has goods to release, and
 * bonuses return once.
 *
 * @param canStillPay  the provider's page stays open: if the buyer still pays there, the order is filled while there
 *                     is enough stock, and refunded otherwise. The page asks for the price less the bonuses, so the
 *                     order keeps those until it is closed
 */
export async function failOrder(
  tx: Transaction,
  orderId: string,
  { canStillPay }: { canStillPay: boolean },
): Promise<void> {
  const order = await lockOrder(tx, orderId);
  if (order?.status !== "pending" && order?.status !== "failed") return;
  await tx.order.update({
    where: { id: orderId },
    data: {
      status: "failed",
      ...(order.status === "pending" ? { closedAt: new Date(now()) } : {}),
      ...(canStillPay ? {} : { checkoutUrl: null }),
    },
  });
  if (!canStillPay) await returnBonuses(tx, order, "unpaid");
  if (order.status === "pending") await releaseStock(tx, order.productId, order.quantity);
}
