import { afterAll, afterEach, describe, expect, it } from "vitest";
import { POST as refund } from "@/app/api/orders/[id]/refund/route";
import { db, transaction } from "@/lib/db";
import type { OrderView } from "@/lib/schemas/order";
import { raiseAlert } from "@/lib/tasks";
import { call } from "@/tests/support/clients/call";
import { waitUntil } from "@/tests/support/clients/wait-until";
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

const raiseTaskDeadAlert = (subject: string) =>
  transaction((tx) => raiseAlert(tx, { kind: "task_dead", subject, message: "dead" }));

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

  it("refused for an empty balance is tried again until it succeeds, and operators know", async () => {
    const { product, buyer, order } = await buyDelivered();
    const ask = () => call(refund, { as: product.seller, params: { id: order.id }, body: {} });
    provider.setFaults({ api: { kind: "empty-balance", path: "/v1/refunds", method: "POST" } });
    const { id } = (await ask()).body.task;
    const task = () => db().task.findUniqueOrThrow({ where: { id } });
    await waitUntil("the refund was refused", async () => (await task()).error !== null);
    expect((await task()).error).toContain("Insufficient funds");
    const alerts = { where: { kind: "refund_failed", subject: `order:${order.id}` } };
    expect(await db().alert.findMany(alerts)).toMatchObject([
      { message: expect.stringContaining("it is retried") },
    ]);
    // The provider repeats a stored refusal for a day, whatever is in the balance.
    provider.setFaults({});
    const refunded = await waitForOrder(order.id, buyer, "refunded", ({ status }) => status === "refunded");
    expect(refunded.refundedMinor).toBe(order.amountMinor);
    await waitUntil(
      "the alert is closed",
      async () => (await db().alert.findFirst(alerts))?.closedAt !== null,
    );
  });

  it("that died can be asked for again, and is made once", async () => {
    const { product, buyer, order } = await buyDelivered();
    const ask = () =>
      call(refund, { as: product.seller, params: { id: order.id }, body: { amountMinor: 3_000 } });
    // The provider makes the refund, and neither its response nor its event arrives.
    provider.setFaults({
      api: { kind: "lost", path: "/v1/refunds", method: "POST" },
      events: { drop: true },
    });
    const { id } = (await ask()).body.task;
    const task = () => db().task.findUniqueOrThrow({ where: { id } });
    await waitUntil("an attempt failed", async () => (await task()).error !== null);
    provider.setFaults({ api: { kind: "error", path: "/v1/refunds" }, events: { drop: true } });
    await db().task.update({ where: { id }, data: { state: "dead", finishedAt: new Date() } });
    await raiseTaskDeadAlert(id);
    const repeats = await Promise.all([ask(), ask()]);
    for (const { status, body } of repeats) {
      expect([status, body.task.id]).toEqual([202, id]);
      expect(body.task.state).not.toBe("dead");
    }
    expect((await db().alert.findFirstOrThrow({ where: { subject: id } })).closedAt).not.toBeNull();
    provider.setFaults({ events: { drop: true } });
    const isRefunded = ({ refundedMinor }: OrderView) => refundedMinor > 0;
    const after = await waitForOrder(order.id, buyer, "refunded in part", isRefunded);
    expect(after.refundedMinor).toBe(3_000);
    const { paymentIntentId } = await db().order.findUniqueOrThrow({ where: { id: order.id } });
    expect(await db().refund.count({ where: { paymentIntentId: paymentIntentId ?? "" } })).toBe(1);
    expect(
      await db().auditEntry.count({ where: { action: "refund_asked", subject: `order:${order.id}` } }),
    ).toBe(2);
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
