import { now } from "../core/clock";
import type { Transaction } from "../db";
import { lockOrder } from "./lock-order";
import { releaseStock } from "./stock";

/**
 * Gives an order up that was not paid, and its goods back, once: only a pending order has any to give.
 *
 * @param canStillPay  the provider's page is open: should the buyer pay there after all, the order is filled if
 *                     there is still enough, or the money goes back
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
  if (order.status === "pending") await releaseStock(tx, order.productId, order.quantity);
}
