import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { POST as receiveEvent } from "@/app/api/webhooks/payments/route";
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

// The tests send the events; payments.test.ts covers those that the provider sends itself.
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
/** The statuses of a recorded sale: delivered or about to be. */
const SOLD = ["paid", "delivered"];

describe("the signature", () => {
  it("must be present, valid and recent", async () => {
    const sent = await paid();
    const minutesAgo = (minutes: number) => Math.floor(Date.now() / 1_000) - minutes * 60;
    expect((await sendPaymentEvent(sent, { secret: "whsec_other" })).status).toBe(401);
    expect((await sendPaymentEvent(sent, { at: minutesAgo(6) })).status).toBe(401);
    expect((await call(receiveEvent, { body: sent })).status).toBe(401);
    expect(await statusNow()).toBe("pending");
    expect(await eventsAbout()).toBe(0);
    expect((await sendPaymentEvent(sent, { at: minutesAgo(4) })).status).toBe(200);
  });

  it("covers the exact bytes", async () => {
    const body = JSON.stringify(await paid());
    const headers = { "stripe-signature": signEvent(body) };
    expect((await call(receiveEvent, { body: `${body} `, headers })).status).toBe(401);
    expect((await call(receiveEvent, { body, headers })).status).toBe(200);
  });

  it.each([
    ["no JSON", "{"],
    ["no event", "{}"],
    ["nothing", ""],
  ])("valid over %s: rejected, and nothing is written", async (_, body) => {
    const response = await call(receiveEvent, { body, headers: { "stripe-signature": signEvent(body) } });
    expect([400, 401]).toContain(response.status);
  });
});

describe("a payment", () => {
  it("reported eight times concurrently is recorded once", async () => {
    const sent = await paid();
    const responses = await Promise.all(Array.from({ length: 8 }, () => sendPaymentEvent(sent)));
    expect(responses.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(responses.filter(({ body }) => body.outcome === "applied")).toHaveLength(1);
    expect(SOLD).toContain(await statusNow());
    expect(await taskKeys(order.id)).toEqual(REQUIRED);
    expect(await stockOf(productId)).toBe(3);
  });

  it("reported by two different events is one payment", async () => {
    const succeeded = paymentEvent("payment_intent.succeeded", {
      id: intent(),
      object: "payment_intent",
      amount_received: order.amountMinor,
      currency: order.currency.toLowerCase(),
      metadata: { orderId: order.id },
    });
    const responses = await Promise.all([
      sendPaymentEvent(succeeded),
      sendPaymentEvent(await paid()),
      sendPaymentEvent(await paid()),
    ]);
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await taskKeys(order.id)).toEqual(REQUIRED);
    expect(await eventsAbout()).toBe(3);
    expect(await alertsOf("payment_mismatch")).toBe(0);
  });

  it("enqueues the same tasks for a buyer without a referrer", async () => {
    const other = await createPerson();
    const placed = (await placeTestOrder(other, { productId })).body.order;
    await sendPaymentEvent(paidEvent({ ...placed, sessionId: await sessionIdOf(placed.id) }));
    expect(await taskKeys(placed.id)).toEqual(REQUIRED);
  });

  it.each([
    ["amount", { amountMinor: 9_999 }],
    ["currency", { currency: "USD" }],
    ["checkout", { sessionId: "cs_other" }],
  ])("of another %s raises an alert, and delivers nothing", async (_, changed) => {
    expect((await sendPaymentEvent(await paid(changed))).status).toBe(200);
    expect(await statusNow()).toBe("pending");
    expect(await taskKeys(order.id)).toEqual([]);
    expect(await alertsOf("payment_mismatch")).toBe(1);
  });

  it("made twice raises an alert", async () => {
    await sendPaymentEvent(await paid());
    await sendPaymentEvent(await paid({}, `pi_${newId()}`));
    expect(await taskKeys(order.id)).toEqual(REQUIRED);
    expect(await alertsOf("payment_mismatch")).toBe(1);
  });

  it("that is still pending changes nothing, and neither does an expiry after the payment", async () => {
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

  it("for an unknown order, and an unknown event, are recorded", async () => {
    const unknown = paidEvent({ id: newId(), amountMinor: 100, currency: "EUR" });
    expect(await sendPaymentEvent(unknown)).toMatchObject({ status: 200 });
    const unknownEvent = paymentEvent("customer.created", { id: "cus_1", object: "customer" });
    expect(await sendPaymentEvent(unknownEvent)).toMatchObject({ status: 200, body: { outcome: "noted" } });
    expect(await sendPaymentEvent(unknownEvent)).toMatchObject({ status: 200, body: { outcome: "known" } });
    const otherShop = paymentEvent("checkout.session.completed", {
      ...unknown.data.object,
      client_reference_id: "basket-17 of another shop",
    });
    expect(await sendPaymentEvent(otherShop)).toMatchObject({ status: 200, body: { outcome: "noted" } });
  });

  it("in an invalid event is rejected, and counts when it is sent again", async () => {
    const invalidEvent = await paid();
    invalidEvent.data.object.amount_total = "a lot";
    expect((await sendPaymentEvent(invalidEvent)).status).toBe(400);
    expect(await eventsAbout()).toBe(0);
    expect(await sendPaymentEvent({ ...(await paid()), id: invalidEvent.id })).toMatchObject({
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

  it("releases the goods once, however often it is reported", async () => {
    await Promise.all([
      sendPaymentEvent(await expired()),
      sendPaymentEvent(await expired()),
      sendPaymentEvent(await expired()),
    ]);
    expect(await statusNow()).toBe("failed");
    expect(await stockOf(productId)).toBe(5);
  });

  it("reported before the payment: the order is filled if there is enough stock", async () => {
    await sendPaymentEvent(await expired());
    await sendPaymentEvent(await paid());
    expect(SOLD).toContain(await statusNow());
    expect(await taskKeys(order.id)).toEqual(REQUIRED);
    expect(await stockOf(productId)).toBe(3);
  });
});

it.each([
  ["its id", (invalidEvent: TestPaymentEvent) => Object.assign(invalidEvent, { id: `evt_\0${newId()}` })],
  [
    "the payment",
    (invalidEvent: TestPaymentEvent) =>
      Object.assign(invalidEvent.data.object, { payment_intent: "pi_\ud800" }),
  ],
  [
    "the currency",
    (invalidEvent: TestPaymentEvent) => Object.assign(invalidEvent.data.object, { currency: "e\0r" }),
  ],
])("text that Postgres cannot store, in %s: rejected, and nothing is written", async (_, corrupt) => {
  const invalidEvent = await paid();
  corrupt(invalidEvent);
  expect((await sendPaymentEvent(invalidEvent)).status).toBe(400);
  expect(await statusNow()).toBe("pending");
  expect(await eventsAbout()).toBe(0);
});

describe("a refund", () => {
  it("of the full amount that comes first makes the order refunded directly", async () => {
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

  it("concurrent with the payment ends as refunded, with nothing left to the buyer", async () => {
    const events = [await paid(), refundEvent(intent(), order.amountMinor), await paid()];
    await Promise.all(events.map((sent) => sendPaymentEvent(sent)));
    await finishTasks(order.id);
    const result = await readOrderAs(order.id, buyer);
    expect(result).toMatchObject({ status: "refunded", refundedMinor: order.amountMinor });
    expect(result.deliveries.every(({ revokedAt }) => revokedAt !== null)).toBe(true);
    expect(await stockOf(productId)).toBe(5);
  });

  it("in parts adds up, each part counts once, and the last one refunds the order", async () => {
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

  it("that only the charge reports counts, and is not counted twice", async () => {
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

  it("of another shop on the account, larger than any price here, is recorded all the same", async () => {
    const id = `re_large_${order.id}`;
    const large = refundEvent(`pi_other_${order.id}`, 900_000_000_000, { id });
    expect(await sendPaymentEvent(large)).toMatchObject({ status: 200, body: { outcome: "applied" } });
    expect(await db().refund.count({ where: { id } })).toBe(1);
  });

  it("that is pending changes nothing, and a failed one raises an alert", async () => {
    await sendPaymentEvent(await paid());
    const id = `re_w_${order.id}`;
    await sendPaymentEvent(refundEvent(intent(), 10_000, { id, status: "pending" }));
    expect((await readOrderAs(order.id, buyer)).refundedMinor).toBe(0);
    await sendPaymentEvent(refundEvent(intent(), 10_000, { id, status: "failed", type: "refund.failed" }));
    await sendPaymentEvent(refundEvent(intent(), 10_000, { id, status: "pending", type: "refund.updated" }));
    expect(await readOrderAs(order.id, buyer)).toMatchObject({ refundedMinor: 0 });
    expect(await alertsOf("refund_failed")).toBe(1);
  });

  it("does not release a used ticket", async () => {
    await sendPaymentEvent(await paid());
    await finishTasks(order.id);
    await waitForOrder(order.id, buyer, "delivered", ({ status }) => status === "delivered");
    const unit = await db().delivery.findFirstOrThrow({ where: { orderId: order.id, unit: 1 } });
    await db().delivery.update({ where: { id: unit.id }, data: { usedAt: new Date() } });
    await sendPaymentEvent(refundEvent(intent(), order.amountMinor));
    expect(await stockOf(productId)).toBe(4);
  });
});
