import type { Transaction } from "../db";
import { type EnqueueOptions, enqueue } from "../tasks";
import { links } from "./links";
import type { LockedOrder } from "./lock-order";
import { orderSubject } from "./order-subject";

function taskOptions({ id, buyerId }: LockedOrder, key: string): EnqueueOptions {
  return { key, subject: orderSubject(id), ...(buyerId ? { ownerId: buyerId } : {}) };
}

/**
 * All that must happen after a payment, in the transaction that notes it. The same for every order: whether anybody
 * referred the buyer is for the ledger to know, also when the buyer's account is gone.
 */
export async function enqueueSaleFollowUps(tx: Transaction, order: LockedOrder): Promise<void> {
  const { id: orderId } = order;
  await enqueue(tx, "deliver-goods", { orderId }, taskOptions(order, orderId));
  await enqueue(tx, "referral-bonuses", { orderId, action: "grant" }, taskOptions(order, orderId));
  await enqueue(tx, "supplier-notifications", { orderId, event: "sold" }, taskOptions(order, orderId));
  await enqueue(tx, "leaderboards", { orderId }, taskOptions(order, orderId));
}

/**
 * All that must happen after a part of a sale went back: numbers and the referrer's bonus follow, and who sold it
 * hears of it. The bonus follows after every part: granted before or after it, it is the same in the end.
 *
 * @param refundedMinor  what went back in all; it only grows, so it tells one refund from the next
 */
export async function enqueueRefundFollowUps(
  tx: Transaction,
  order: LockedOrder,
  { refundedMinor, isFullRefund }: { refundedMinor: number; isFullRefund: boolean },
): Promise<void> {
  const { id: orderId } = order;
  const keySuffix = isFullRefund ? "" : `:${refundedMinor}`;
  const key = `${orderId}:refunded${keySuffix}`;
  await enqueue(tx, "leaderboards", { orderId }, taskOptions(order, key));
  await enqueue(tx, "supplier-notifications", { orderId, event: "refunded" }, taskOptions(order, key));
  const reversal = taskOptions(order, `${orderId}:reverse${keySuffix}`);
  await enqueue(tx, "referral-bonuses", { orderId, action: "reverse" }, reversal);
}

/** The buyer hears that money is on its way back. */
export async function notifyBuyerOfRefund(
  tx: Transaction,
  order: LockedOrder,
  {
    amountMinor,
    refundedMinor,
    isFullRefund,
  }: { amountMinor: number; refundedMinor: number; isFullRefund: boolean },
): Promise<void> {
  const { id: orderId, buyerId, buyer, title, currency } = order;
  if (!buyerId || !buyer) return;
  const options = { key: `refund:${orderId}:${refundedMinor}`, ownerId: buyerId };
  await enqueue(
    tx,
    "notifications",
    { userId: buyerId, kind: "refund", data: { orderId, title, amountMinor, currency } },
    options,
  );
  await enqueue(
    tx,
    "emails",
    {
      to: { userId: buyerId },
      locale: order.locale === "en" ? "en" : "ru",
      template: "refund",
      props: {
        buyerName: buyer.name,
        productTitle: title,
        amount: { amountMinor, currency },
        whole: isFullRefund,
        orderLink: links.order(orderId),
      },
    },
    options,
  );
}
