import type { OrderStatus } from "./enums";

/** What a status means, for code that treats several alike. A new status does not compile until it has a row. */
const MEANINGS: Record<OrderStatus, { isSold: boolean; isUndelivered: boolean }> = {
  pending: { isSold: false, isUndelivered: true },
  paid: { isSold: true, isUndelivered: true },
  delivered: { isSold: true, isUndelivered: false },
  refunded: { isSold: false, isUndelivered: false },
  failed: { isSold: false, isUndelivered: false },
};

/** Whether the order was paid and is not refunded in full: its sale counts. */
export function isSold(status: OrderStatus): boolean {
  return MEANINGS[status].isSold;
}

/** Whether goods are still to be delivered, after the payment if it was not paid yet. */
export function isUndelivered(status: OrderStatus): boolean {
  return MEANINGS[status].isUndelivered;
}
