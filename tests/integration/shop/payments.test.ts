import { afterAll, afterEach, describe, expect, it } from "vitest";
import { POST as refund } from "@/app/api/orders/[id]/refund/route";
import { db } from "@/lib/db";
import type { OrderView } from "@/lib/shop/client";
import { call } from "@/tests/support/clients/api";
import { until } from "@/tests/support/clients/until";
import { createPerson } from "@/tests/support/factories/people";
import {
  createReferred,
  createTestProduct,
  placeTestOrder,
  stockOf,
  untilOrder,
} from "@/tests/support/factories/shop";
import { closeShop, provider } from "@/tests/support/factories/shop-world";

afterEach(() => provider.setFaults({}));
afterAll(closeShop);

/** The buyer's form on the provider's page. */
async function payAt(checkoutUrl: string, result: string): Promise<void> {
  const answer = await fetch(checkoutUrl, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ result }),
    redirect: "manual",
  });
  expect(answer.status).toBeLessThan(400);
}

const queuesOf = ({ tasks }: OrderView) => tasks.map(({ queue }) => queue).sort();
const allDone = ({ tasks }: OrderView) => tasks.every(({ state }) => state === "done");

describe("a purchase", () => {
  it.each(["paid", "twice", "late"])(
    "%s: is handed over once, with exactly what must follow",
    async (result) => {
      const product = await createTestProduct({ stock: 10 });
      const { buyer } = await createReferred();
      const placed = await placeTestOrder(buyer, { productId: product.id, quantity: 2 });
      expect(placed.status).toBe(201);
      expect(placed.body.order).toMatchObject({ status: "pending", tasks: [], deliveries: [] });
      expect(placed.body.checkoutUrl).toBe(placed.body.order.checkoutUrl);
      await payAt(placed.body.checkoutUrl, result);

      const order = await untilOrder(
        placed.body.order.id,
        buyer,
        "delivered",
        (seen) => seen.status === "delivered" && allDone(seen),
      );
      expect(queuesOf(order)).toEqual([
        "deliver-goods",
        "leaderboards",
        "referral-bonuses",
        "supplier-notifications",
      ]);
      expect(order.deliveries.map(({ unit }) => unit)).toEqual([1, 2]);
      expect(new Set(order.deliveries.map(({ code }) => code)).size).toBe(2);
      expect(order.checkoutUrl).toBeNull();
      expect(await stockOf(product.id)).toBe(8);
    },
  );

  it("abandoned: fails, and its goods are for others", async () => {
    const product = await createTestProduct({ stock: 1 });
    const buyer = await createPerson();
    const { body } = await placeTestOrder(buyer, { productId: product.id });
    expect(await stockOf(product.id)).toBe(0);
    await payAt(body.checkoutUrl, "abandoned");
    const order = await untilOrder(body.order.id, buyer, "failed", ({ status }) => status === "failed");
    expect(order).toMatchObject({ tasks: [], deliveries: [], checkoutUrl: null });
    expect(await stockOf(product.id)).toBe(1);
  });

  it("a declined card fails it, and another card on the same page fills it after all", async () => {
    const product = await createTestProduct({ stock: 1 });
    const buyer = await createPerson();
    const { body } = await placeTestOrder(buyer, { productId: product.id });
    await payAt(body.checkoutUrl, "failed");
    const failed = await untilOrder(body.order.id, buyer, "failed", ({ status }) => status === "failed");
    expect(failed.checkoutUrl).toBe(body.checkoutUrl);
    expect(await stockOf(product.id)).toBe(1);
    await payAt(body.checkoutUrl, "paid");
    const order = await untilOrder(body.order.id, buyer, "delivered", ({ status }) => status === "delivered");
    expect(order.closedAt).toBeNull();
    expect(await stockOf(product.id)).toBe(0);
  });

  it("paid when it is sold out meanwhile: the money goes back, and somebody is told", async () => {
    const product = await createTestProduct({ stock: 1 });
    const [slow, quick] = [await createPerson(), await createPerson()];
    const first = await placeTestOrder(slow, { productId: product.id });
    await payAt(first.body.checkoutUrl, "failed");
    await untilOrder(first.body.order.id, slow, "failed", ({ status }) => status === "failed");
    expect((await placeTestOrder(quick, { productId: product.id })).status).toBe(201);

    await payAt(first.body.checkoutUrl, "paid");
    const order = await untilOrder(
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

  it("refunded before the payment is heard of: nothing is delivered", async () => {
    const product = await createTestProduct({ stock: 3 });
    const buyer = await createPerson();
    const { body } = await placeTestOrder(buyer, { productId: product.id });
    await payAt(body.checkoutUrl, "refunded_first");
    const order = await untilOrder(body.order.id, buyer, "refunded", ({ status }) => status === "refunded");
    expect(order).toMatchObject({ tasks: [], deliveries: [], refundedMinor: 5_000 });
    expect(await stockOf(product.id)).toBe(3);
  });
});

describe("a refund", () => {
  async function bonusOf(orderId: string) {
    const entries = await db().bonusEntry.findMany({ where: { key: { contains: orderId } } });
    return entries.reduce((sum, { amount }) => sum + amount, 0);
  }

  async function delivered(stock: number | null = 5) {
    const product = await createTestProduct({ stock });
    const { buyer } = await createReferred();
    const { body } = await placeTestOrder(buyer, { productId: product.id, quantity: 2 });
    await payAt(body.checkoutUrl, "paid");
    const isDone = (seen: OrderView) => seen.status === "delivered" && allDone(seen);
    const order = await untilOrder(body.order.id, buyer, "delivered", isDone);
    return { product, buyer, order };
  }

  it("of the whole takes everything back, asked for twice as well", async () => {
    const { product, buyer, order } = await delivered();
    const asked = await Promise.all(
      [1, 2].map(() => call(refund, { as: product.seller, params: { id: order.id }, body: {} })),
    );
    expect(asked.map(({ status }) => status)).toEqual([202, 202]);
    expect(asked[0]?.body.task.id).toBe(asked[1]?.body.task.id);
    const refunded = await untilOrder(
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

  it("of a part leaves the goods with the buyer; then the rest", async () => {
    const { product, buyer, order } = await delivered();
    const give = (body: object) => call(refund, { as: product.seller, params: { id: order.id }, body });
    expect((await give({ amountMinor: 4_000 })).status).toBe(202);
    const part = await untilOrder(
      order.id,
      buyer,
      "refunded in part",
      ({ refundedMinor }) => refundedMinor === 4_000,
    );
    expect(part.status).toBe("delivered");
    expect(part.deliveries.every(({ revokedAt }) => revokedAt === null)).toBe(true);
    // A tenth of what the buyer did not get back, though the whole tenth was granted before.
    await until("the referrer's bonus followed", async () => (await bonusOf(order.id)) === 600);
    expect((await give({ amountMinor: 6_001 })).status).toBe(400);
    expect((await give({})).status).toBe(202);
    await untilOrder(
      order.id,
      buyer,
      "refunded",
      (seen) => seen.status === "refunded" && seen.refundedMinor === 10_000,
    );
    expect(await stockOf(product.id)).toBe(5);
  });

  it("that begins at the provider is heard of", async () => {
    const { buyer, order } = await delivered();
    const { paymentIntentId } = await db().order.findUniqueOrThrow({ where: { id: order.id } });
    await provider.refund(paymentIntentId ?? "");
    await untilOrder(order.id, buyer, "refunded", ({ status }) => status === "refunded");
  });

  it("is made once although the provider's answer is lost", async () => {
    const { product, buyer, order } = await delivered();
    provider.setFaults({
      api: { kind: "lost", times: 2, method: "POST", path: "/v1/refunds" },
      events: { drop: true },
    });
    await call(refund, { as: product.seller, params: { id: order.id }, body: { amountMinor: 1_000 } });
    await untilOrder(
      order.id,
      buyer,
      "refunded in part",
      (seen) => seen.refundedMinor === 1_000 && allDone(seen),
    );
    const { paymentIntentId } = await db().order.findUniqueOrThrow({ where: { id: order.id } });
    expect(await db().refund.count({ where: { paymentIntentId: paymentIntentId ?? "" } })).toBe(1);
  });

  it("is for the seller and administrators", async () => {
    const { buyer, order } = await delivered();
    const ask = async (as: Awaited<ReturnType<typeof createPerson>>) =>
      (await call(refund, { as, params: { id: order.id }, body: {} })).status;
    expect(await ask(buyer)).toBe(403);
    expect(await ask(await createPerson("artist"))).toBe(404);
    expect(await ask(await createPerson("admin"))).toBe(202);
  });
});
