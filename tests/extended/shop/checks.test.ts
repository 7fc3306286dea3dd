import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { db, transaction } from "@/lib/db";
import type { OrderView } from "@/lib/schemas/order";
import { applyOrderCheck, checkOrder } from "@/lib/shop/check-order";
import { stripe } from "@/lib/shop/stripe";
import { createPerson } from "@/tests/support/factories/people";
import {
  createTestProduct,
  placeTestOrder,
  readOrderAs,
  runCheck,
  setOrderAge,
  stockOf,
  taskKeys,
} from "@/tests/support/factories/shop";
import { holdDeliveries, provider, stopShopServer } from "@/tests/support/factories/shop-server";

// The provider sends no events: the check task must find everything.
provider.setWebhookUrl(null);
await holdDeliveries();
afterEach(() => provider.setFaults({}));
afterAll(stopShopServer);

let buyer: Caller;
let order: OrderView;
let productId: string;

beforeEach(async () => {
  buyer = await createPerson();
  ({ id: productId } = await createTestProduct({ stock: 5 }));
  order = (await placeTestOrder(buyer, { productId, quantity: 2 })).body.order;
});

const rowOf = () => db().order.findUniqueOrThrow({ where: { id: order.id } });
const sessionId = async () => (await rowOf()).sessionId ?? "";
const checksOf = () =>
  db().task.findMany({
    where: { key: { startsWith: `check:${order.id}:` } },
    orderBy: { notBefore: "asc" },
    select: { key: true, notBefore: true, state: true },
  });

it("an unpaid order is checked again, later each time", async () => {
  for (const round of [0, 1, 2]) expect((await runCheck(order.id, round)).status).toBe(200);
  const waits = (await checksOf()).map(({ key, notBefore }) => ({
    round: Number(key.split(":").at(-1)),
    seconds: Math.round((notBefore.getTime() - Date.now()) / 1_000),
  }));
  expect(waits.at(-1)?.round).toBe(3);
  expect(waits.at(-1)?.seconds).toBeGreaterThan(600);
  expect((await rowOf()).status).toBe("pending");
});

it("the last check comes soon after the checkout's expiry", async () => {
  await setOrderAge(order.id, 34);
  await runCheck(order.id, 0);
  const next = (await checksOf()).at(-1);
  expect(next?.key).toBe(`check:${order.id}:1`);
  expect((next?.notBefore.getTime() ?? 0) - Date.now()).toBeLessThan(120_000);
});

it("a payment without events is found", async () => {
  await provider.simulateBuyer(await sessionId(), "paid");
  expect((await runCheck(order.id, 0)).status).toBe(200);
  expect(["paid", "delivered"]).toContain((await rowOf()).status);
  expect(await taskKeys(order.id)).toEqual([
    ...["deliver-goods *", "leaderboards *", "referral-bonuses *", "supplier-notifications *"],
  ]);
  // A second delivery of the check has no effect.
  expect((await runCheck(order.id, 0)).status).toBe(200);
  expect(await taskKeys(order.id)).toHaveLength(4);
});

it("a payment after a declined card is found, even if its event is lost", async () => {
  await db().order.update({ where: { id: order.id }, data: { status: "failed", closedAt: new Date() } });
  await db().product.update({ where: { id: productId }, data: { stock: 5 } });
  await provider.simulateBuyer(await sessionId(), "paid");
  await runCheck(order.id, 0);
  expect(["paid", "delivered"]).toContain((await rowOf()).status);
  expect(await stockOf(productId)).toBe(3);
});

it("an open checkout is expired at its end, and the goods are released", async () => {
  await setOrderAge(order.id, 36);
  await runCheck(order.id, 0);
  expect(await readOrderAs(order.id, buyer)).toMatchObject({ status: "failed", checkoutUrl: null });
  expect((await stripe().checkout.sessions.retrieve(await sessionId())).status).toBe("expired");
  expect(await stockOf(productId)).toBe(5);
  expect(await checksOf()).toHaveLength(1);
});

it("a payment at the last moment counts: the checkout can no longer be expired", async () => {
  await setOrderAge(order.id, 36);
  await provider.simulateBuyer(await sessionId(), "paid");
  await runCheck(order.id, 0);
  expect(["paid", "delivered"]).toContain((await rowOf()).status);
});

it("an order without a checkout fails: no buyer saw its checkout page", async () => {
  await db().order.update({ where: { id: order.id }, data: { sessionId: null, checkoutUrl: null } });
  await runCheck(order.id, 0);
  expect((await rowOf()).status).toBe("failed");
  expect(await stockOf(productId)).toBe(5);
});

it("a checkout opened during the failing check is checked instead", async () => {
  const { sessionId, checkoutUrl } = await rowOf();
  const updateOrder = (data: object) => db().order.update({ where: { id: order.id }, data });
  await updateOrder({ sessionId: null, checkoutUrl: null });
  const finding = await checkOrder(order.id, 0);
  await updateOrder({ sessionId, checkoutUrl });
  await transaction((tx) => applyOrderCheck(tx, finding));
  expect(await rowOf()).toMatchObject({ status: "pending", checkoutUrl });
  await provider.simulateBuyer(sessionId ?? "", "paid");
  await runCheck(order.id, 1);
  expect(["paid", "delivered"]).toContain((await rowOf()).status);
});

it("a checkout unknown to the provider has failed", async () => {
  await db().order.update({ where: { id: order.id }, data: { sessionId: `cs_test_${order.id}` } });
  await runCheck(order.id, 0);
  expect((await rowOf()).status).toBe("failed");
});

it("while the provider is down nothing is decided, and the task is retried", async () => {
  provider.setFaults({ api: { kind: "error" } });
  expect((await runCheck(order.id, 0)).status).toBe(500);
  expect((await rowOf()).status).toBe("pending");
  expect((await checksOf())[0]?.state).toBe("published");
  provider.setFaults({});
  expect((await runCheck(order.id, 0)).status).toBe(200);
});

it("a wrong amount raises an alert, and the goods are released", async () => {
  await provider.simulateBuyer(await sessionId(), "paid");
  await db().order.update({
    where: { id: order.id },
    data: { unitPriceMinor: 6_000, amountMinor: 12_000 },
  });
  await runCheck(order.id, 0);
  expect((await rowOf()).status).toBe("failed");
  expect(await stockOf(productId)).toBe(5);
  expect(await taskKeys(order.id)).toEqual([]);
  const alerts = await db().alert.findMany({ where: { subject: `order:${order.id}` } });
  expect(alerts.map(({ kind }) => kind)).toEqual(["payment_mismatch"]);
});
