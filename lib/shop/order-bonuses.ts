import { addEntry, lockLedger } from "../bonuses";
import { now } from "../core/clock";
import { log } from "../core/log";
import type { Transaction } from "../db";
import type { LockedOrder } from "./lock-order";

/**
 * The bonuses that pay a part of an order. The order has them from the transaction that places it until it can no longer
 * be paid, or all of its money is refunded: `bonusReturnedAt` is set in the transaction that returns them. It is decided
 * under the order's lock, and the ledger's keys below, each used once by an order, refuse a second entry besides.
 *
 * A refund returns money first: a part of the money returns no bonuses, the last of it returns them all. So they return
 * in one entry, whatever a partial refund is rounded to, and a refund that fails at the bank takes nothing back that the
 * buyer may have spent.
 */
type OrderWithBonuses = Pick<
  LockedOrder,
  "id" | "buyerId" | "title" | "bonusMinor" | "bonusAmount" | "bonusReturnedAt"
>;

/** Why they return: the order cannot be paid any more, or its payment was refunded. */
type ReturnReason = "unpaid" | "refunded";

const keys = {
  placed: (orderId: string) => `purchase:${orderId}`,
  paidLate: (orderId: string) => `purchase:${orderId}:late`,
  unpaid: (orderId: string) => `purchase-returned:${orderId}:unpaid`,
  refunded: (orderId: string) => `purchase-returned:${orderId}:refunded`,
} as const;

/**
 * Takes the bonuses of an order that is being placed, in its transaction. Locks the buyer's ledger, which is to happen
 * before the product is locked.
 *
 * @returns false when there are not as many
 */
export async function takeBonuses(
  tx: Transaction,
  {
    orderId,
    buyerId,
    title,
    bonusAmount,
  }: { orderId: string; buyerId: string; title: string; bonusAmount: number },
): Promise<boolean> {
  if (bonusAmount === 0) return true;
  const { outcome } = await addEntry(tx, {
    ...{ userId: buyerId, kind: "purchase", amount: -bonusAmount },
    ...{ key: keys.placed(orderId), note: title },
  });
  return outcome === "added";
}

/**
 * Returns an order's bonuses to its buyer, unless it has none or they returned before. Call it before the product is
 * locked. Those of a deleted account are gone with its ledger.
 */
export async function returnBonuses(
  tx: Transaction,
  order: OrderWithBonuses,
  reason: ReturnReason,
): Promise<void> {
  if (order.bonusMinor === 0 || order.bonusReturnedAt !== null) return;
  await tx.order.update({ where: { id: order.id }, data: { bonusReturnedAt: new Date(now()) } });
  if (order.buyerId === null) return;
  const { outcome } = await addEntry(tx, {
    ...{ userId: order.buyerId, kind: "purchase_returned", amount: order.bonusAmount },
    ...{ key: keys[reason](order.id), note: order.title },
  });
  log().info({ orderId: order.id, reason, outcome, bonusAmount: order.bonusAmount }, "bonuses returned");
}

/**
 * Takes the bonuses of an order again that was paid after they had returned. The money that was paid is less by them.
 *
 * @param fill  reserves the goods, while the ledger is locked; false when there are none
 * @param undo  releases them again
 * @returns false when the goods or the bonuses are gone: nothing has changed then
 */
export async function takeBonusesAgain(
  tx: Transaction,
  order: OrderWithBonuses,
  { fill, undo }: { fill: () => Promise<boolean>; undo: () => Promise<void> },
): Promise<boolean> {
  if (order.bonusReturnedAt === null) return fill();
  const { id, buyerId, title, bonusAmount } = order;
  if (buyerId === null || !(await lockLedger(tx, buyerId)) || !(await fill())) return false;
  const { outcome } = await addEntry(tx, {
    ...{ userId: buyerId, kind: "purchase", amount: -bonusAmount },
    ...{ key: keys.paidLate(id), note: title },
  });
  if (outcome !== "added") {
    await undo();
    return false;
  }
  await tx.order.update({ where: { id }, data: { bonusReturnedAt: null } });
  return true;
}
