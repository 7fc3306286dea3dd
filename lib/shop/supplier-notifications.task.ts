import { accountLocale } from "../accounts";
import type { Transaction } from "../db";
import { moneyMinor } from "../schemas/bonus-price";
import { backgroundTaskService, defineTask, type TaskOptions } from "../tasks";
import { links } from "./links";
import { lockOrder } from "./lock-order";

/** Queue `supplier-notifications`: notifies the seller of a sale (also by mail) and of refunds. */
export const task = defineTask<"supplier-notifications">()({
  async commit(tx, { orderId, event }, { taskId }) {
    await lockOrder(tx, orderId);
    const sale = await findSale(tx, orderId);
    // The seller's account was deleted, or is being erased.
    if (!sale?.seller || sale.seller.deletedAt) return;
    const { seller, title, quantity, bonusMinor, refundedMinor, currency } = sale;
    const amountMinor = moneyMinor(sale);
    const key = `supplier:${taskId}`;
    const options: TaskOptions = { tx, key, ownerId: seller.id };
    const commonData = { orderId, title, currency };
    const notice =
      event === "sold"
        ? { kind: "sale", data: { ...commonData, amountMinor, quantity } }
        : { kind: "sale_refunded", data: { ...commonData, amountMinor: refundedMinor } };
    await backgroundTaskService.sendTypedNotification({ userId: seller.id, ...notice }, options);
    if (event !== "sold") return;
    const stock = sale.product?.stock ?? null;
    await backgroundTaskService.sendTemplatedEmail(
      {
        to: { userId: seller.id },
        locale: accountLocale(seller),
        template: "sale",
        props: {
          creatorName: seller.name,
          productTitle: title,
          quantity,
          amount: { amountMinor, currency },
          ...(bonusMinor > 0 ? { bonuses: { amountMinor: bonusMinor, currency } } : {}),
          ...(stock === null ? {} : { stockLeft: stock }),
          productLink: sale.product ? links.product(sale.product.id) : links.shop,
        },
      },
      options,
    );
  },
});

function findSale(tx: Transaction, orderId: string) {
  return tx.order.findUnique({
    where: { id: orderId },
    select: {
      title: true,
      quantity: true,
      amountMinor: true,
      bonusMinor: true,
      refundedMinor: true,
      currency: true,
      seller: { select: { id: true, name: true, locale: true, deletedAt: true } },
      product: { select: { id: true, stock: true } },
    },
  });
}
