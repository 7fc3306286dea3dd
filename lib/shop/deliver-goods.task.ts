import { randomInt } from "node:crypto";
import { now } from "../core/clock";
import { newId } from "../core/ids";
import type { Transaction } from "../db";
import { moneyMinor } from "../schemas/bonus-price";
import { backgroundTaskService, defineTask, NonRetryableTaskError, type TaskOptions } from "../tasks";
import { links } from "./links";
import { type LockedOrder, lockOrder } from "./lock-order";
import { hasDownload } from "./orders";

/**
 * Queue `deliver-goods`: creates one delivery for each unit of a paid order. Does nothing for an order that was
 * refunded meanwhile or is already delivered.
 */
export const task = defineTask<"deliver-goods">()({
  async commit(tx, { orderId }) {
    const order = await lockOrder(tx, orderId);
    if (order?.status !== "paid") return;
    if (order.kind === "track" && order.productId === null) {
      throw new NonRetryableTaskError(
        "delivery impossible: the product and its file were deleted; refund the order",
      );
    }
    const deliveries = Array.from({ length: order.quantity }, (_, index) => ({
      id: newId(),
      orderId,
      kind: order.kind,
      unit: index + 1,
      code: generateDeliveryCode(),
      createdAt: new Date(now()),
    }));
    await tx.delivery.createMany({ data: deliveries });
    await tx.order.update({
      where: { id: orderId },
      data: { status: "delivered", deliveredAt: new Date(now()) },
    });
    await notifyBuyer(tx, order, deliveries);
  },
});

interface DeliveredUnit {
  id: string;
  unit: number;
  code: string;
}

async function notifyBuyer(
  tx: Transaction,
  order: LockedOrder,
  deliveries: readonly DeliveredUnit[],
): Promise<void> {
  const { id: orderId, buyerId, buyer, kind, title, quantity } = order;
  // The buyer's account was deleted; the delivery stays.
  if (!buyerId || !buyer) return;
  const product = order.productId
    ? await tx.product.findUnique({
        where: { id: order.productId },
        select: { assetUrl: true, audioFileId: true },
      })
    : null;
  const downloads =
    product && hasDownload(product)
      ? deliveries.map(({ id, unit, code }) => ({
          name: quantity > 1 ? `${title} · ${unit}` : title,
          link: links.download(id, code),
        }))
      : [];
  const options: TaskOptions = { tx, key: `delivered:${orderId}`, ownerId: buyerId };
  await backgroundTaskService.sendTypedNotification(
    { userId: buyerId, kind: "delivered", data: { orderId, title } },
    options,
  );
  await backgroundTaskService.sendTemplatedEmail(
    {
      to: { userId: buyerId },
      locale: order.locale === "en" ? "en" : "ru",
      template: "order-delivered",
      props: {
        buyerName: buyer.name,
        orderLink: links.order(orderId),
        product: { title, kind, quantity },
        total: { amountMinor: order.amountMinor, currency: order.currency },
        ...(order.bonusMinor > 0 ? { bonuses: toBonusLines(order) } : {}),
        downloads,
        codes: kind === "track" ? [] : deliveries.map(({ code }) => code),
      },
    },
    options,
  );
}

function toBonusLines({ amountMinor, bonusMinor, currency }: LockedOrder) {
  return {
    paid: { amountMinor: bonusMinor, currency },
    rest: { amountMinor: moneyMinor({ amountMinor, bonusMinor }), currency },
  };
}

/** Crockford's base 32: no two characters are confused when a code is read aloud. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUP_COUNT = 5;
const GROUP_LENGTH = 5;

/** `7ZK2M-…`: 125 random bits, so codes cannot be guessed. */
function generateDeliveryCode(): string {
  const group = () =>
    Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  return Array.from({ length: GROUP_COUNT }, group).join("-");
}
