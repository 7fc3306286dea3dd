import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { POST as hear } from "@/app/api/webhooks/payments/route";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import type { OrderView } from "@/lib/shop/client";
import { call } from "@/tests/support/clients/call";
import { createPerson } from "@/tests/support/factories/people";
import {
  createReferredBuyer,
  createTestProduct,
  finishTasks,
  paidEvent,
  paymentEvent,
  placeTestOrder,
  readOrderAs,
  refundEvent,
  sendPaymentEvent,
  signEvent,
  stockOf,
  type TestPaymentEvent,
  taskKeys,
  waitForOrder,
} from "@/tests/support/factories/shop";
import { holdDeliveries, provider, stopShopServer } from "@/tests/support/factories/shop-server";

// Events are told by hand here; what the provider would send by itself is in payments.test.ts.
provider.setWebhookUrl(null);
await holdDeliveries();
afterAll(stopShopServer);

let buyer: Caller;
let order: OrderView;
let productId: string;

beforeEach(async () => {
  ({ buyer } = await createReferredBuyer());
  ({ id: productId } = await createTestProduct({ stock: 5 }));
  order = (await placeTestOrder(buyer, { productId, quantity: 2 })).body.order;
});

const sessionIdOf = async (id: string) =>
  (await db().order.findUniqueOrThrow({ where: { id } })).sessionId ?? undefined;
const paid = async (changed = {}, intent?: string) =>
  paidEvent({ ...order, sessionId: await sessionIdOf(order.id), ...changed }, intent);
const intent = () => `pi_${order.id}`;
const statusNow = async () => (await readOrderAs(order.id, buyer)).status;
const eventsAbout = () => db().paymentEvent.count({ where: { orderId: order.id } });
const alertsOf = (kind: string) => db().alert.count({ where: { kind, subject: `order:${order.id}` } });

const REQUIRED = ["deliver-goods *", "leaderboards *", "referral-bonuses *", "supplier-notifications *"];
/** A sale that has been noted: handed over or about to be. */
const SOLD = ["paid", "delivered"];

describe("the signature", () => {
  it("must be there, right, and young", async () => {
    const sent = await paid();
    const minutesAgo = (minutes: number) => Math.floor(Date.now() / 1_000) - minutes * 60;
    expect((await sendPaymentEvent(sent, { secret: "whsec_other" })).status).toBe(401);
    expect((await sendPaymentEvent(sent, { at: minutesAgo(6) })).status).toBe(401);
    expect((await call(hear, { body: sent })).status).toBe(401);
    expect(await statusNow()).toBe("pending");
    expect(await eventsAbout()).toBe(0);
    expect((await sendPaymentEvent(sent, { at: minutesAgo(4) })).status).toBe(200);
  });

  it("is over the very bytes", async () => {
    const body = JSON.stringify(await paid());
    const headers = { "stripe-signature": signEvent(body) };
    expect((await call(hear, { body: `${body} `, headers })).status).toBe(401);
    expect((await call(hear, { body, headers })).status).toBe(200);
  });

  it.each([
    ["no JSON", "{"],
    ["no event", "{}"],
    ["nothing", ""],
  ])("right over %s: refused, and nothing is written", async (_, body) => {
    const answer = await call(hear, { body, headers: { "stripe-signature": signEvent(body) } });
    expect([400, 401]).toContain(answer.status);
  });
});

describe("a payment", () => {
  it("told eight times at once is noted once", async () => {
    const sent = await paid();
    const answers = await Promise.all(Array.from({ length: 8 }, () => sendPaymentEvent(sent)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(answers.filter(({ body }) => body.outcome === "applied")).toHaveLength(1);
    expect(SOLD).toContain(await statusNow());
    expect(await taskKeys(order.id)).toEqual(REQUIRED);
    expect(await stockOf(productId)).toBe(3);
  });

  it("told by two different events is one payment", async () => {
    const succeeded = paymentEvent("payment_intent.succeeded", {
      id: intent(),
      object: "payment_intent",
      amount_received: order.amountMinor,
      currency: order.currency.toLowerCase(),
      metadata: { orderId: order.id },
    });
    const answers = await Promise.all([
      sendPaymentEvent(succeeded),
      sendPaymentEvent(await paid()),
      sendPaymentEvent(await paid()),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await taskKeys(order.id)).toEqual(REQUIRED);
    expect(await eventsAbout()).toBe(3);
    expect(await alertsOf("payment_mismatch")).toBe(0);
  });

  it("enqueues the same for a buyer whom nobody referred", async () => {
    const other = await createPerson();
    const placed = (await placeTestOrder(other, { productId })).body.order;
    await sendPaymentEvent(paidEvent({ ...placed, sessionId: await sessionIdOf(placed.id) }));
    expect(await taskKeys(placed.id)).toEqual(REQUIRED);
  });

  it.each([
    ["amount", { amountMinor: 9_999 }],
    ["currency", { currency: "USD" }],
    ["checkout", { sessionId: "cs_other" }],
  ])("of another %s is an alert, and delivers nothing", async (_, changed) => {
    expect((await sendPaymentEvent(await paid(changed))).status).toBe(200);
    expect(await statusNow()).toBe("pending");
    expect(await taskKeys(order.id)).toEqual([]);
    expect(await alertsOf("payment_mismatch")).toBe(1);
  });

  it("made twice is an alert", async () => {
    await sendPaymentEvent(await paid());
    await sendPaymentEvent(await paid({}, `pi_${newId()}`));
    expect(await taskKeys(order.id)).toEqual(REQUIRED);
    expect(await alertsOf("payment_mismatch")).toBe(1);
  });

  it("that is not through yet changes nothing, and an end that comes after the payment neither", async () => {
    const unpaid = await paid();
    unpaid.data.object.payment_status = "unpaid";
    await sendPaymentEvent(unpaid);
    expect(await statusNow()).toBe("pending");
    await sendPaymentEvent(await paid());
    const session = {
      id: await sessionIdOf(order.id),
      client_reference_id: order.id,
      payment_status: "unpaid",
    };
    await sendPaymentEvent(paymentEvent("checkout.session.expired", session));
    expect(SOLD).toContain(await statusNow());
    expect(await stockOf(productId)).toBe(3);
  });

  it("for an order nobody knows, and an event nobody knows, are noted", async () => {
    const unknown = paidEvent({ id: newId(), amountMinor: 100, currency: "EUR" });
    expect(await sendPaymentEvent(unknown)).toMatchObject({ status: 200 });
    const news = paymentEvent("customer.created", { id: "cus_1", object: "customer" });
    expect(await sendPaymentEvent(news)).toMatchObject({ status: 200, body: { outcome: "noted" } });
    expect(await sendPaymentEvent(news)).toMatchObject({ status: 200, body: { outcome: "known" } });
    const elsewhere = paymentEvent("checkout.session.completed", {
      ...unknown.data.object,
      client_reference_id: "basket-17 of another shop",
    });
    expect(await sendPaymentEvent(elsewhere)).toMatchObject({ status: 200, body: { outcome: "noted" } });
  });

  it("told in a way that cannot be read is refused, and told again after that it counts", async () => {
    const odd = await paid();
    odd.data.object.amount_total = "a lot";
    expect((await sendPaymentEvent(odd)).status).toBe(400);
    expect(await eventsAbout()).toBe(0);
    expect(await sendPaymentEvent({ ...(await paid()), id: odd.id })).toMatchObject({
      body: { outcome: "applied" },
    });
  });
});

describe("the end of a checkout", () => {
  const expired = async () =>
    paymentEvent("checkout.session.expired", {
      id: await sessionIdOf(order.id),
      client_reference_id: order.id,
      payment_status: "unpaid",
    });

  it("gives the goods back once, however often it is told", async () => {
    await Promise.all([
      sendPaymentEvent(await expired()),
      sendPaymentEvent(await expired()),
      sendPaymentEvent(await expired()),
    ]);
    expect(await statusNow()).toBe("failed");
    expect(await stockOf(productId)).toBe(5);
  });

  it("told before the payment: the order is filled if there is enough", async () => {
    await sendPaymentEvent(await expired());
    await sendPaymentEvent(await paid());
    expect(SOLD).toContain(await statusNow());
    expect(await taskKeys(order.id)).toEqual(REQUIRED);
    expect(await stockOf(productId)).toBe(3);
  });
});

it.each([
  ["its id", (odd: TestPaymentEvent) => Object.assign(odd, { id: `evt_\0${newId()}` })],
  ["the payment", (odd: TestPaymentEvent) => Object.assign(odd.data.object, { payment_intent: "pi_\ud800" })],
  ["the currency", (odd: TestPaymentEvent) => Object.assign(odd.data.object, { currency: "e\0r" })],
])("text that Postgres cannot keep, in %s: refused, and nothing is written", async (_, spoil) => {
  const odd = await paid();
  spoil(odd);
  expect((await sendPaymentEvent(odd)).status).toBe(400);
  expect(await statusNow()).toBe("pending");
  expect(await eventsAbout()).toBe(0);
});

describe("a refund", () => {
  it("of the whole that comes first: the order goes straight to refunded", async () => {
    await sendPaymentEvent(refundEvent(intent(), order.amountMinor));
    expect(await statusNow()).toBe("pending");
    await sendPaymentEvent(await paid());
    expect(await readOrderAs(order.id, buyer)).toMatchObject({
      status: "refunded",
      refundedMinor: order.amountMinor,
      deliveries: [],
    });
    expect(await taskKeys(order.id)).toEqual([]);
    expect(await stockOf(productId)).toBe(5);
  });

  it("at the same moment as the payment ends refunded, with nothing left in the buyer's hands", async () => {
    const events = [await paid(), refundEvent(intent(), order.amountMinor), await paid()];
    await Promise.all(events.map((sent) => sendPaymentEvent(sent)));
    await finishTasks(order.id);
    const seen = await readOrderAs(order.id, buyer);
    expect(seen).toMatchObject({ status: "refunded", refundedMinor: order.amountMinor });
    expect(seen.deliveries.every(({ revokedAt }) => revokedAt !== null)).toBe(true);
    expect(await stockOf(productId)).toBe(5);
  });

  it("in parts: the sum grows, each part counts once, and the last ends it", async () => {
    await sendPaymentEvent(await paid());
    const first = refundEvent(intent(), 3_000, { id: `re_1_${order.id}` });
    await sendPaymentEvent(first);
    await sendPaymentEvent(refundEvent(intent(), 3_000, { id: `re_1_${order.id}`, type: "refund.updated" }));
    expect((await readOrderAs(order.id, buyer)).refundedMinor).toBe(3_000);
    expect(SOLD).toContain(await statusNow());
    await sendPaymentEvent(refundEvent(intent(), 7_000));
    expect(await readOrderAs(order.id, buyer)).toMatchObject({ status: "refunded", refundedMinor: 10_000 });
    expect(await taskKeys(order.id)).toEqual(
      [
        ...REQUIRED,
        ...["leaderboards *:refunded", "leaderboards *:refunded:3000"],
        ...["referral-bonuses *:reverse", "referral-bonuses *:reverse:3000"],
        ...["supplier-notifications *:refunded", "supplier-notifications *:refunded:3000"],
      ].sort(),
    );
  });

  it("that the charge alone tells of counts, and is not counted again", async () => {
    await sendPaymentEvent(await paid());
    const charge = (amount: number) =>
      paymentEvent("charge.refunded", {
        id: `ch_${order.id}`,
        payment_intent: intent(),
        amount_refunded: amount,
        metadata: { orderId: order.id },
      });
    await sendPaymentEvent(charge(2_000));
    await sendPaymentEvent(refundEvent(intent(), 2_000));
    expect((await readOrderAs(order.id, buyer)).refundedMinor).toBe(2_000);
    await sendPaymentEvent(charge(10_000));
    await sendPaymentEvent(charge(2_000));
    expect(await readOrderAs(order.id, buyer)).toMatchObject({ status: "refunded", refundedMinor: 10_000 });
  });

  it("of another shop on the account, larger than anything costs here, is noted all the same", async () => {
    const id = `re_large_${order.id}`;
    const large = refundEvent(`pi_other_${order.id}`, 900_000_000_000, { id });
    expect(await sendPaymentEvent(large)).toMatchObject({ status: 200, body: { outcome: "applied" } });
    expect(await db().refund.count({ where: { id } })).toBe(1);
  });

  it("that waits changes nothing yet, and one that fails is an alert", async () => {
    await sendPaymentEvent(await paid());
    const id = `re_w_${order.id}`;
    await sendPaymentEvent(refundEvent(intent(), 10_000, { id, status: "pending" }));
    expect((await readOrderAs(order.id, buyer)).refundedMinor).toBe(0);
    await sendPaymentEvent(refundEvent(intent(), 10_000, { id, status: "failed", type: "refund.failed" }));
    await sendPaymentEvent(refundEvent(intent(), 10_000, { id, status: "pending", type: "refund.updated" }));
    expect(await readOrderAs(order.id, buyer)).toMatchObject({ refundedMinor: 0 });
    expect(await alertsOf("refund_failed")).toBe(1);
  });

  it("does not put a used ticket up for sale again", async () => {
    await sendPaymentEvent(await paid());
    await finishTasks(order.id);
    await waitForOrder(order.id, buyer, "delivered", ({ status }) => status === "delivered");
    const unit = await db().delivery.findFirstOrThrow({ where: { orderId: order.id, unit: 1 } });
    await db().delivery.update({ where: { id: unit.id }, data: { usedAt: new Date() } });
    await sendPaymentEvent(refundEvent(intent(), order.amountMinor));
    expect(await stockOf(productId)).toBe(4);
  });
});
