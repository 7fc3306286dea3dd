import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { POST as refund } from "@/app/api/orders/[id]/refund/route";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import type { OrderView } from "@/lib/schemas/order";
import { sumSalesByDay } from "@/lib/shop";
import { stripe } from "@/lib/shop/stripe";
import { call } from "@/tests/support/clients/call";
import {
  balanceOf,
  grantBonuses,
  ledgerEntries,
  purchaseEntries,
} from "@/tests/support/factories/ledger-tools";
import {
  createReferredBuyer,
  createTestProduct,
  expiredEvent,
  finishTasks,
  paidEventOf,
  placeTestOrder,
  readOrderAs,
  refundEvent,
  sendPaymentEvent,
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
let referrer: Caller;
let productId: string;
let seller: Caller;

beforeEach(async () => {
  ({ buyer, referrer } = await createReferredBuyer());
  await grantBonuses(buyer, GRANTED);
  const product = await createTestProduct({ stock: 5, priceMinor: PRICE / 2, currency: "RUB" });
  ({ id: productId, seller } = product);
});

const place = (bonusAmount = USED, more: { clientKey?: string } = {}) =>
  placeTestOrder(buyer, { productId, quantity: 2, bonusAmount, ...more });
const rowOf = (id: string) => db().order.findUniqueOrThrow({ where: { id } });
const sessionIdOf = async (id: string) => (await rowOf(id)).sessionId ?? "";
const paid = async (order: OrderView) => sendPaymentEvent(await paidEventOf(order));
const expired = (orderId: string) => sendPaymentEvent(expiredEvent(orderId));

const TAKEN = { kind: "purchase", amount: -USED };
const RETURNED = { kind: "purchase_returned", amount: USED };

describe("bonuses that pay a part of an order", () => {
  it("are taken once, and the provider is asked for the rest", async () => {
    const clientKey = newId();
    const responses = await Promise.all([1, 2, 3].map(() => place(USED, { clientKey })));
    expect(responses.map(({ status }) => status)).toEqual([201, 201, 201]);
    const { order } = responses[0]?.body ?? {};
    expect(order).toMatchObject({
      ...{ amountMinor: PRICE, bonusMinor: USED, bonusAmount: USED, bonusReturnedAt: null, refundedMinor: 0 },
    });
    expect(await purchaseEntries(order.id)).toEqual([TAKEN]);
    expect((await ledgerEntries(buyer)).at(-1)).toMatchObject({ note: order.title, balance: GRANTED - USED });
    const session = await stripe().checkout.sessions.retrieve(await sessionIdOf(order.id));
    expect(session.amount_total).toBe(PRICE - USED);
    // With other bonuses it is another order.
    expect((await place(USED - 100, { clientKey })).status).toBe(409);
    expect(await balanceOf(buyer)).toBe(GRANTED - USED);
  });

  it.each([
    ["more than there are", GRANTED + 100, 409, "bonuses"],
    ["more than half of the price", PRICE / 2 + 100, 400, "Bonuses"],
  ])("are refused if they are %s, and nothing is reserved", async (_, bonusAmount, status, text) => {
    if (status === 400) await grantBonuses(buyer, 100_000);
    const balance = await balanceOf(buyer);
    const response = await placeTestOrder(
      buyer,
      { productId, quantity: 2, bonusAmount },
      { "accept-language": "en" },
    );
    expect(response.status).toBe(status);
    expect(JSON.stringify(response.body.error)).toContain(text);
    expect([await stockOf(productId), await balanceOf(buyer)]).toEqual([5, balance]);
    expect(await db().order.count({ where: { buyerId: buyer.userId } })).toBe(0);
  });

  it("count neither for the referrer, nor for the leaderboards and the seller's sales", async () => {
    const { order } = (await place()).body;
    await paid(order);
    await finishTasks(order.id);
    expect(await readOrderAs(order.id, buyer)).toMatchObject({ status: "delivered" });
    expect(await balanceOf(referrer)).toBe((PRICE - USED) / 10);
    expect(await db().rankedSale.findMany({ where: { orderId: order.id } })).toMatchObject([
      { amountMinor: PRICE - USED },
    ]);
    expect(await sumSalesByDay(seller.userId, new Date(Date.now() - 86_400_000))).toMatchObject([
      { count: 1, amountMinor: PRICE - USED },
    ]);
    const notified = await db().task.findMany({ where: { queue: "notifications", ownerId: seller.userId } });
    expect(notified.map(({ payload }) => payload)).toMatchObject([{ data: { amountMinor: PRICE - USED } }]);
    const mails = await db().task.findMany({ where: { queue: "emails", ownerId: buyer.userId } });
    expect(mails.map(({ payload }) => payload)).toMatchObject([
      { props: { total: { amountMinor: PRICE }, bonuses: { rest: { amountMinor: PRICE - USED } } } },
    ]);
  });
});

describe("bonuses return once", () => {
  it("when the order expires, however often that is reported", async () => {
    const { order } = (await place()).body;
    await Promise.all([expired(order.id), expired(order.id)]);
    await expired(order.id);
    expect(await purchaseEntries(order.id)).toEqual([TAKEN, RETURNED]);
    const seen = await readOrderAs(order.id, buyer);
    expect(seen.status).toBe("failed");
    expect(seen.bonusReturnedAt).not.toBeNull();
    expect(await balanceOf(buyer)).toBe(GRANTED);
  });

  it("with the last of the money, and not with a part of it", async () => {
    const { order } = (await place()).body;
    await paid(order);
    await finishTasks(order.id);
    const tooMuch = PRICE - USED + 1;
    const ask = (amountMinor: number) =>
      call(refund, { as: seller, params: { id: order.id }, body: { amountMinor } });
    expect((await ask(tooMuch)).status).toBe(400);
    await sendPaymentEvent(refundEvent(`pi_${order.id}`, PRICE - USED - 1));
    expect(await rowOf(order.id)).toMatchObject({ status: "delivered", bonusReturnedAt: null });
    expect(await purchaseEntries(order.id)).toEqual([TAKEN]);
    const last = refundEvent(`pi_${order.id}`, 1);
    await Promise.all([sendPaymentEvent(last), sendPaymentEvent({ ...last, id: `evt_${newId()}` })]);
    await finishTasks(order.id);
    expect(await rowOf(order.id)).toMatchObject({ status: "refunded", refundedMinor: PRICE - USED });
    expect(await purchaseEntries(order.id)).toEqual([TAKEN, RETURNED]);
    expect(await balanceOf(referrer)).toBe(0);
  });
});
