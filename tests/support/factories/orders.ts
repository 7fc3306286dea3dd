import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import type { OrderStatus } from "@/lib/schemas/enums";

interface TestOrderInput {
  buyer?: Caller;
  seller?: Caller;
  amountMinor: number;
  currency?: string;
  status?: OrderStatus;
  paidAt?: Date | null;
}

/** Inserts an order as the shop would leave it. @returns its id */
export async function createTestOrder({
  buyer,
  seller,
  amountMinor,
  currency = "RUB",
  status = "delivered",
  paidAt = new Date(),
}: TestOrderInput): Promise<string> {
  const { id } = await db().order.create({
    data: {
      ...{ id: newId(), kind: "licence", title: "A licence", quantity: 1, locale: "en" },
      ...{ amountMinor, unitPriceMinor: amountMinor, currency, status, paidAt },
      buyerId: buyer?.userId ?? null,
      sellerId: seller?.userId ?? null,
    },
    select: { id: true },
  });
  return id;
}

/** Sets the refunded total of an order; a full refund makes it `refunded`, as in the shop. */
export async function setRefunded(id: string, refundedMinor: number): Promise<void> {
  const { amountMinor } = await db().order.findUniqueOrThrow({ where: { id } });
  await db().order.update({
    where: { id },
    data: { refundedMinor, ...(refundedMinor === amountMinor ? { status: "refunded" } : {}) },
  });
}
