import type { Transaction } from "../db";
import { type EnqueueOptions, enqueue } from "../tasks";
import { links } from "./links";
import type { LockedOrder } from "./lock-order";
import { orderSubject } from "./order-subject";

function step({ id, buyerId }: LockedOrder, key: string): EnqueueOptions {
  return { key, subject: orderSubject(id), ...(buyerId ? { ownerId: buyerId } : {}) };
}

/**
 * All that must happen after a payment, in the transaction that notes it. The same for every order: whether anybody
 * referred the buyer is for the ledger to know, also when the buyer's account is gone.
 */
export async function enqueueSale(tx: Transaction, order: LockedOrder): Promise<void> {
  const { id: orderId } = order;
  await enqueue(tx, "deliver-goods", { orderId }, step(order, orderId));
  await enqueue(tx, "referral-bonuses", { orderId, action: "grant" }, step(order, orderId));
  await enqueue(tx, "supplier-notifications", { orderId, event: "sold" }, step(order, orderId));
  await enqueue(tx, "leaderboards", { orderId }, step(order, orderId));
}

/**
 * All that must happen after a part of a sale went back: numbers and the referrer's bonus follow, and who sold it
 * hears of it. The bonus follows after every part: granted before or after it, it is the same in the end.
 *
 * @param refundedMinor  what went back in all; it only grows, so it tells one refund from the next
 */
export async function enqueueSaleRefund(
  tx: Transaction,
  order: LockedOrder,
  { refundedMinor, isWhole }: { refundedMinor: number; isWhole: boolean },
): Promise<void> {
  const { id: orderId } = order;
  const sum = isWhole ? "" : `:${refundedMinor}`;
  const key = `${orderId}:refunded${sum}`;
  await enqueue(tx, "leaderboards", { orderId }, step(order, key));
  await enqueue(tx, "supplier-notifications", { orderId, event: "refunded" }, step(order, key));
  const reversal = step(order, `${orderId}:reverse${sum}`);
  await enqueue(tx, "referral-bonuses", { orderId, action: "reverse" }, reversal);
}

/** The buyer hears that money is on its way back. */
export async function tellBuyerOfRefund(
  tx: Transaction,
  order: LockedOrder,
  { amountMinor, refundedMinor, isWhole }: { amountMinor: number; refundedMinor: number; isWhole: boolean },
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
        whole: isWhole,
        orderLink: links.order(orderId),
      },
    },
    options,
  );
}
