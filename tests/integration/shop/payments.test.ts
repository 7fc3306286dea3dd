import { afterAll, afterEach, describe, expect, it } from "vitest";
import { POST as refund } from "@/app/api/orders/[id]/refund/route";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import { createPerson } from "@/tests/support/factories/people";
import { createTestProduct, placeTestOrder, stockOf, waitForOrder } from "@/tests/support/factories/shop";
import { allDone, buyDelivered, buyOnce, payAt, queuesOf } from "@/tests/support/factories/shop-payments";
import { provider, stopShopServer } from "@/tests/support/factories/shop-server";

afterEach(() => provider.setFaults({}));
afterAll(stopShopServer);

describe("a purchase", () => {
  it("paid: is delivered once, with exactly the expected tasks", async () => {
    await buyOnce("paid");
  });

  it("abandoned: fails, and its goods are released", async () => {
    const product = await createTestProduct({ stock: 1 });
    const buyer = await createPerson();
    const { body } = await placeTestOrder(buyer, { productId: product.id });
    expect(await stockOf(product.id)).toBe(0);
    await payAt(body.checkoutUrl, "abandoned");
    const order = await waitForOrder(body.order.id, buyer, "failed", ({ status }) => status === "failed");
    expect(order).toMatchObject({ tasks: [], deliveries: [], checkoutUrl: null });
    expect(await stockOf(product.id)).toBe(1);
  });

  it("fails with a declined card, and is filled by another card on the same page", async () => {
    const product = await createTestProduct({ stock: 1 });
    const buyer = await createPerson();
    const { body } = await placeTestOrder(buyer, { productId: product.id });
    await payAt(body.checkoutUrl, "failed");
    const failed = await waitForOrder(body.order.id, buyer, "failed", ({ status }) => status === "failed");
    expect(failed.checkoutUrl).toBe(body.checkoutUrl);
    expect(await stockOf(product.id)).toBe(1);
    await payAt(body.checkoutUrl, "paid");
    const order = await waitForOrder(
      body.order.id,
      buyer,
      "delivered",
      ({ status }) => status === "delivered",
    );
    expect(order.closedAt).toBeNull();
    expect(await stockOf(product.id)).toBe(0);
  });

  it("paid after it was sold out is refunded, and raises an alert", async () => {
    const product = await createTestProduct({ stock: 1 });
    const [slow, quick] = [await createPerson(), await createPerson()];
    const first = await placeTestOrder(slow, { productId: product.id });
    await payAt(first.body.checkoutUrl, "failed");
    await waitForOrder(first.body.order.id, slow, "failed", ({ status }) => status === "failed");
    expect((await placeTestOrder(quick, { productId: product.id })).status).toBe(201);

    await payAt(first.body.checkoutUrl, "paid");
    const order = await waitForOrder(
      first.body.order.id,
      slow,
      "refunded",
      (seen) => seen.status === "refunded" && allDone(seen),
    );
    expect(order).toMatchObject({ deliveries: [], refundedMinor: 5_000 });
    expect(queuesOf(order)).toEqual(["payments"]);
    expect(await stockOf(product.id)).toBe(0);
    expect(await db().alert.count({ where: { kind: "delivery_failed", subject: `order:${order.id}` } })).toBe(
      1,
    );
  });
});

describe("a refund", () => {
  it("of the full amount reverses everything, also when requested twice", async () => {
    const { product, buyer, order } = await buyDelivered();
    const responses = await Promise.all(
      [1, 2].map(() => call(refund, { as: product.seller, params: { id: order.id }, body: {} })),
    );
    expect(responses.map(({ status }) => status)).toEqual([202, 202]);
    expect(responses[0]?.body.task.id).toBe(responses[1]?.body.task.id);
    const refunded = await waitForOrder(
      order.id,
      buyer,
      "refunded",
      (seen) => seen.status === "refunded" && allDone(seen),
    );
    expect(refunded.refundedMinor).toBe(10_000);
    expect(refunded.deliveries.every(({ revokedAt }) => revokedAt !== null)).toBe(true);
    expect(await stockOf(product.id)).toBe(5);
    expect(queuesOf(refunded)).toEqual([
      "deliver-goods",
      ...["leaderboards", "leaderboards", "payments"],
      ...["referral-bonuses", "referral-bonuses"],
      ...["supplier-notifications", "supplier-notifications"],
    ]);
    expect((await call(refund, { as: product.seller, params: { id: order.id }, body: {} })).status).toBe(409);
  });

  it("may be requested by the seller and administrators", async () => {
    const { buyer, order } = await buyDelivered();
    const requestRefund = async (as: Awaited<ReturnType<typeof createPerson>>) =>
      (await call(refund, { as, params: { id: order.id }, body: {} })).status;
    expect(await requestRefund(buyer)).toBe(403);
    expect(await requestRefund(await createPerson("artist"))).toBe(404);
    expect(await requestRefund(await createPerson("admin"))).toBe(202);
  });
});
