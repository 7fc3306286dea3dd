import { AppError } from "../core/errors";
import type { MessageKey } from "../core/messages";
import type { Transaction } from "../db";
import { listUnsettledOrders, type UnsettledReason } from "../shop";

const messages = {
  pending: "deletion_order_pending",
  paid: "deletion_order_paid",
  refunding: "deletion_order_refunding",
} as const satisfies Record<UnsettledReason, MessageKey>;

/**
 * An unsettled order needs both accounts: the buyer's for a refund, the seller's for the delivery.
 * @throws {AppError} conflict with what the oldest unsettled order waits for; each order is a detail, `orders.{id}`
 *         with its title
 */
export async function requireNoUnsettledOrders(tx: Transaction, userId: string): Promise<void> {
  const orders = await listUnsettledOrders(tx, userId);
  const [first] = orders;
  if (!first) return;
  throw new AppError("conflict", {
    message: messages[first.reason],
    details: orders.map(({ id, title }) => ({ path: `orders.${id}`, message: title })),
  });
}
