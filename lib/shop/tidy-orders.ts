import { z } from "zod";
import { retentionCutoff } from "../core/retention";
import { deleteExpired, Prisma } from "../db";

export const tidiedOrdersSchema = z.object({
  /** Orders whose checkout ended without a payment. */
  orders: z.int(),
  paymentEvents: z.int(),
});

/** The condition of their index; with a payment intent or an open page at the provider, money may still be involved. */
const neverPaidSql = Prisma.sql`"status" = 'failed' AND "paidAt" IS NULL AND "paymentIntentId" IS NULL
  AND "checkoutUrl" IS NULL AND "refundedMinor" = 0`;

/** Deletes orders that were never paid and received payment events, both after their retention. Safe to repeat. */
export async function tidyOrders(deadlineMs: number): Promise<z.infer<typeof tidiedOrdersSchema>> {
  const [closedBefore, receivedBefore] = [
    retentionCutoff("ordersNeverPaid"),
    retentionCutoff("paymentEvents"),
  ];
  const orders = await deleteExpired(
    { table: "Order", id: "id", at: "closedAt", before: closedBefore, where: neverPaidSql },
    deadlineMs,
  );
  const paymentEvents = await deleteExpired(
    { table: "PaymentEvent", id: "id", at: "receivedAt", before: receivedBefore },
    deadlineMs,
  );
  return { orders, paymentEvents };
}
