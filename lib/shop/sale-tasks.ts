import type { Transaction } from "../db";
import { backgroundTaskService, type TaskOptions } from "../tasks";
import { links } from "./links";
import { type LockedOrder, orderSubject } from "./lock-order";

function taskOptions(tx: Transaction, { id, buyerId }: LockedOrder, key: string): TaskOptions {
  return { tx, key, subject: orderSubject(id), ...(buyerId ? { ownerId: buyerId } : {}) };
}

/**
 * Enqueues everything that follows a payment, in the transaction that records it. The same for every order: the
 * `referral-bonuses` task finds out whether the buyer has a referrer, even when the buyer's account was deleted.
 */
export async function enqueueSaleFollowUps(tx: Transaction, order: LockedOrder): Promise<void> {
  const { id: orderId } = order;
  const options = taskOptions(tx, order, orderId);
  await backgroundTaskService.deliverGoods(orderId, options);
  await backgroundTaskService.updateReferralBonus(orderId, options);
  await backgroundTaskService.notifySupplier({ orderId, event: "sold" }, options);
  await backgroundTaskService.updateLeaderboards(orderId, options);
}

/**
 * Enqueues everything that follows a refund of a sale, partial or full: leaderboards, the seller's notification and
 * the reversal of the referrer's bonus. Grant and reversal give the same result in either order.
 *
 * @param refundedMinor  total refunded so far; it only grows, so it makes each refund's task keys unique
 */
export async function enqueueRefundFollowUps(
  tx: Transaction,
  order: LockedOrder,
  { refundedMinor, isFullRefund }: { refundedMinor: number; isFullRefund: boolean },
): Promise<void> {
  const { id: orderId } = order;
  const keySuffix = isFullRefund ? "" : `:${refundedMinor}`;
  const options = taskOptions(tx, order, `${orderId}:refunded${keySuffix}`);
  await backgroundTaskService.updateLeaderboards(orderId, options);
  await backgroundTaskService.notifySupplier({ orderId, event: "refunded" }, options);
  const reversal = taskOptions(tx, order, `${orderId}:reverse${keySuffix}`);
  await backgroundTaskService.updateReferralBonus(orderId, reversal);
}

/** Enqueues the buyer's notification and mail about a refund. */
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
  const options: TaskOptions = { tx, key: `refund:${orderId}:${refundedMinor}`, ownerId: buyerId };
  await backgroundTaskService.sendTypedNotification(
    { userId: buyerId, kind: "refund", data: { orderId, title, amountMinor, currency } },
    options,
  );
  await backgroundTaskService.sendTemplatedEmail(
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
