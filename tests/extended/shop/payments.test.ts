import { afterAll, afterEach, describe, expect, it } from "vitest";
import { POST as refund } from "@/app/api/orders/[id]/refund/route";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "@/tests/support/factories/people";
import { createTestProduct, placeTestOrder, stockOf, waitForOrder } from "@/tests/support/factories/shop";
import { allDone, buyDelivered, buyOnce, payAt } from "@/tests/support/factories/shop-payments";
import { provider, stopShopServer } from "@/tests/support/factories/shop-server";

afterEach(() => provider.setFaults({}));
afterAll(stopShopServer);

describe("a purchase", () => {
  it.each(["twice", "late"] as const)(
    "%s: is delivered once, with exactly the expected tasks",
    async (result) => {
      await buyOnce(result);
    },
  );

  it("refunded before its payment event delivers nothing", async () => {
    const product = await createTestProduct({ stock: 3 });
    const buyer = await createPerson();
    const { body } = await placeTestOrder(buyer, { productId: product.id });
    await payAt(body.checkoutUrl, "refunded_first");
    const order = await waitForOrder(body.order.id, buyer, "refunded", ({ status }) => status === "refunded");
    expect(order).toMatchObject({ tasks: [], deliveries: [], refundedMinor: 5_000 });
    expect(await stockOf(product.id)).toBe(3);
  });
});

describe("a refund", () => {
  async function bonusOf(orderId: string) {
    const entries = await db().bonusEntry.findMany({ where: { key: { contains: orderId } } });
    return entries.reduce((sum, { amount }) => sum + amount, 0);
  }

  it("of a part leaves the goods with the buyer; the rest can follow", async () => {
    const { product, buyer, order } = await buyDelivered();
    const requestRefund = (body: object) =>
      call(refund, { as: product.seller, params: { id: order.id }, body });
    expect((await requestRefund({ amountMinor: 4_000 })).status).toBe(202);
    const part = await waitForOrder(
      order.id,
      buyer,
      "refunded in part",
      ({ refundedMinor }) => refundedMinor === 4_000,
    );
    expect(part.status).toBe("delivered");
    expect(part.deliveries.every(({ revokedAt }) => revokedAt === null)).toBe(true);
    // A tenth of what the buyer paid and kept, although a tenth of the whole was granted before.
    await waitUntil("the referrer's bonus is adjusted", async () => (await bonusOf(order.id)) === 600);
    expect((await requestRefund({ amountMinor: 6_001 })).status).toBe(400);
    expect((await requestRefund({})).status).toBe(202);
    await waitForOrder(
      order.id,
      buyer,
      "refunded",
      (seen) => seen.status === "refunded" && seen.refundedMinor === 10_000,
    );
    expect(await stockOf(product.id)).toBe(5);
  });

  it("that begins at the provider is applied", async () => {
    const { buyer, order } = await buyDelivered();
    const { paymentIntentId } = await db().order.findUniqueOrThrow({ where: { id: order.id } });
    await provider.refund(paymentIntentId ?? "");
    await waitForOrder(order.id, buyer, "refunded", ({ status }) => status === "refunded");
  });

  it("is made once although the provider's response is lost", async () => {
    const { product, buyer, order } = await buyDelivered();
    provider.setFaults({
      api: { kind: "lost", times: 2, method: "POST", path: "/v1/refunds" },
      events: { drop: true },
    });
    await call(refund, { as: product.seller, params: { id: order.id }, body: { amountMinor: 1_000 } });
    await waitForOrder(
      order.id,
      buyer,
      "refunded in part",
      (seen) => seen.refundedMinor === 1_000 && allDone(seen),
    );
    const { paymentIntentId } = await db().order.findUniqueOrThrow({ where: { id: order.id } });
    expect(await db().refund.count({ where: { paymentIntentId: paymentIntentId ?? "" } })).toBe(1);
  });
});
