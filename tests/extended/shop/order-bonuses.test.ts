import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { debitBonuses } from "@/lib/bonuses";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import type { OrderView } from "@/lib/schemas/order";
import {
  balanceOf,
  grantBonuses,
  ledgerEntries,
  ledgerViolations,
  purchaseEntries,
} from "@/tests/support/factories/ledger-tools";
import { createPerson } from "@/tests/support/factories/people";
import {
  createReferredBuyer,
  createTestProduct,
  expiredEvent,
  finishTasks,
  paidEvent,
  paidEventOf,
  paymentEvent,
  placeTestOrder,
  readOrderAs,
  refundEvent,
  runCheck,
  sendPaymentEvent,
  setOrderAge,
  stockOf,
} from "@/tests/support/factories/shop";
import { holdDeliveries, provider, stopShopServer } from "@/tests/support/factories/shop-server";

// The tests send the events.
provider.setWebhookUrl(null);
await holdDeliveries();
afterEach(() => provider.setFaults({}));
afterAll(stopShopServer);

/** Hundredths of a bonus, and in roubles as many minor units. */
const GRANTED = 8_000;
const USED = 5_000;
/** Of two units. */
const PRICE = 20_000;

let buyer: Caller;
let productId: string;

beforeEach(async () => {
  ({ buyer } = await createReferredBuyer());
  await grantBonuses(buyer, GRANTED);
  ({ id: productId } = await createTestProduct({ stock: 5, priceMinor: PRICE / 2, currency: "RUB" }));
});

const place = (bonusAmount = USED, more: { clientKey?: string } = {}) =>
  placeTestOrder(buyer, { productId, quantity: 2, bonusAmount, ...more });
const rowOf = (id: string) => db().order.findUniqueOrThrow({ where: { id } });
const sessionIdOf = async (id: string) => (await rowOf(id)).sessionId ?? "";
const paid = async (order: OrderView) => sendPaymentEvent(await paidEventOf(order));
const expired = (orderId: string) => sendPaymentEvent(expiredEvent(orderId));
const declined = async (order: OrderView) => {
  const metadata = { orderId: order.id };
  const object = { id: `pi_${order.id}`, metadata, currency: "rub", amount_received: 0 };
  await sendPaymentEvent(paymentEvent("payment_intent.payment_failed", object));
};

const TAKEN = { kind: "purchase", amount: -USED };
const RETURNED = { kind: "purchase_returned", amount: USED };

describe("bonuses that pay a part of an order", () => {
  it("are worth less in a strong currency, and no part of a cent is taken", async () => {
    const product = await createTestProduct({ priceMinor: 1_000, currency: "USD" });
    const { status, body } = await placeTestOrder(buyer, { productId: product.id, bonusAmount: 1_000 });
    expect(status).toBe(201);
    expect(body.order).toMatchObject({ bonusMinor: 6, bonusAmount: 900 });
    expect(await balanceOf(buyer)).toBe(GRANTED - 900);
  });

  it("stay when the goods are sold out", async () => {
    const other = await createPerson();
    expect((await placeTestOrder(other, { productId, quantity: 4 })).status).toBe(201);
    expect((await place()).status).toBe(409);
    expect((await ledgerEntries(buyer)).map(({ kind }) => kind)).toEqual(["granted"]);
  });
});

describe("bonuses return once", () => {
  it("when no event arrives, by the check after the checkout's time limit", async () => {
    const { order } = (await place()).body;
    await setOrderAge(order.id, 36);
    expect((await runCheck(order.id, 0)).status).toBe(200);
    await expired(order.id);
    expect(await purchaseEntries(order.id)).toEqual([TAKEN, RETURNED]);
  });

  it.each(["does not answer", "refuses the checkout"])("when the provider %s", async (what) => {
    const clientKey = newId();
    provider.setFaults({ api: { kind: "error", path: "/v1/checkout/sessions" } });
    expect((await place(USED, { clientKey })).status).toBe(503);
    const { id } = await db().order.findFirstOrThrow({ where: { buyerId: buyer.userId } });
    expect(await balanceOf(buyer)).toBe(GRANTED - USED);
    provider.setFaults({});
    if (what === "does not answer") {
      await runCheck(id, 0);
    } else {
      // It rejects a checkout that would expire so soon.
      await setOrderAge(id, 20);
      expect((await place(USED, { clientKey })).status).toBe(503);
    }
    expect(await balanceOf(buyer)).toBe(GRANTED);
    expect(await purchaseEntries(id)).toEqual([TAKEN, RETURNED]);
  });

  it("not while the page of a declined card can still be paid", async () => {
    const { order } = (await place()).body;
    await declined(order);
    expect((await rowOf(order.id)).status).toBe("failed");
    expect(await purchaseEntries(order.id)).toEqual([TAKEN]);
    await paid(order);
    await finishTasks(order.id);
    expect(await readOrderAs(order.id, buyer)).toMatchObject({ status: "delivered", bonusReturnedAt: null });
    expect(await purchaseEntries(order.id)).toEqual([TAKEN]);
  });

  it("and are taken again for a payment that comes too late, if the buyer has them", async () => {
    const { order } = (await place()).body;
    await expired(order.id);
    await paid(order);
    await finishTasks(order.id);
    expect(await readOrderAs(order.id, buyer)).toMatchObject({ status: "delivered", bonusReturnedAt: null });
    expect(await purchaseEntries(order.id)).toEqual([TAKEN, RETURNED, TAKEN]);
    expect(await stockOf(productId)).toBe(3);
    // And once more when that is refunded.
    await sendPaymentEvent(refundEvent(`pi_${order.id}`, PRICE - USED));
    expect(await purchaseEntries(order.id)).toEqual([TAKEN, RETURNED, TAKEN, RETURNED]);
    expect(await ledgerViolations(buyer)).toEqual([]);
  });

  it("and a payment that comes when they are spent is refunded", async () => {
    const { order } = (await place()).body;
    await expired(order.id);
    await debitBonuses(buyer.userId, GRANTED);
    await paid(order);
    expect((await rowOf(order.id)).status).toBe("failed");
    expect(await stockOf(productId)).toBe(5);
    expect(await db().alert.count({ where: { kind: "delivery_failed", subject: `order:${order.id}` } })).toBe(
      1,
    );
    const refunds = await db().task.findMany({ where: { queue: "payments", subject: `order:${order.id}` } });
    expect(refunds).toMatchObject([{ payload: { action: "refund" } }]);
    await sendPaymentEvent(refundEvent(`pi_${order.id}`, PRICE - USED));
    expect((await rowOf(order.id)).status).toBe("refunded");
    expect(await purchaseEntries(order.id)).toEqual([TAKEN, RETURNED]);
    expect(await balanceOf(buyer)).toBe(0);
  });

  it("when the refund is known before the payment", async () => {
    const { order } = (await place()).body;
    await sendPaymentEvent(refundEvent(`pi_${order.id}`, PRICE - USED));
    await paid(order);
    expect(await rowOf(order.id)).toMatchObject({ status: "refunded", refundedMinor: PRICE - USED });
    await expired(order.id);
    expect(await purchaseEntries(order.id)).toEqual([TAKEN, RETURNED]);
    expect(await stockOf(productId)).toBe(5);
  });
});

it("a payment of the full price is a mismatch: the provider took more than was asked for", async () => {
  const { order } = (await place()).body;
  await sendPaymentEvent(paidEvent({ ...order, bonusMinor: 0, sessionId: await sessionIdOf(order.id) }));
  expect((await rowOf(order.id)).status).toBe("pending");
  expect(await db().alert.count({ where: { kind: "payment_mismatch", subject: `order:${order.id}` } })).toBe(
    1,
  );
});
