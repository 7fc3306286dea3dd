import { afterAll, expect, it } from "vitest";
import { POST as admit } from "@/app/api/deliveries/admit/route";
import { db } from "@/lib/db";
import { stripe } from "@/lib/shop/stripe";
import { call } from "@/tests/support/clients/call";
import { deliverTask } from "@/tests/support/clients/signed-delivery";
import { createPeople } from "@/tests/support/factories/people";
import {
  createReferredBuyer,
  createTestProduct,
  finishTasks,
  paidEvent,
  paymentEvent,
  placeTestOrder,
  readOrderAs,
  refundEvent,
  runCheck,
  sendPaymentEvent,
  stockOf,
  taskKeys,
} from "@/tests/support/factories/shop";
import { provider, stopShopServer } from "@/tests/support/factories/shop-server";
import { pick, seededRandom } from "@/tests/support/fuzz/random";
import { runs } from "@/tests/support/fuzz/runs";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

provider.setWebhookUrl(null);
afterAll(stopShopServer);

async function placeOrderForProduct(quantity = 2) {
  const product = await createTestProduct({ stock: 10 });
  const { buyer } = await createReferredBuyer();
  const { order } = (await placeTestOrder(buyer, { productId: product.id, quantity })).body;
  const { sessionId } = await db().order.findUniqueOrThrow({ where: { id: order.id } });
  return { product, buyer, order, sessionId: sessionId ?? "" };
}

const times = <T>(count: number, act: () => Promise<T>) => Promise.all(Array.from({ length: count }, act));

it("five of twenty concurrent buyers get the last five tickets", async () => {
  const product = await createTestProduct({ stock: 5 });
  const buyers = await createPeople(20);
  const responses = await Promise.all(
    buyers.map((buyer) => placeTestOrder(buyer, { productId: product.id })),
  );
  const statuses = responses.map(({ status }) => status).sort();
  expect(statuses).toEqual([...Array(5).fill(201), ...Array(15).fill(409)]);
  expect(await stockOf(product.id)).toBe(0);
  expect(await db().order.count({ where: { productId: product.id } })).toBe(5);
});

it("tickets released while others buy are neither lost nor sold twice", async () => {
  const product = await createTestProduct({ stock: 5 });
  const holders = await createPeople(5);
  const orders = await Promise.all(holders.map((buyer) => placeTestOrder(buyer, { productId: product.id })));
  const buyers = await createPeople(10);
  await Promise.all([
    ...orders.flatMap(({ body }) => {
      const end = () =>
        paymentEvent("checkout.session.expired", {
          id: "cs",
          client_reference_id: body.order.id,
          payment_status: "unpaid",
        });
      return [sendPaymentEvent(end()), sendPaymentEvent(end())];
    }),
    ...buyers.map((buyer) => placeTestOrder(buyer, { productId: product.id })),
  ]);
  const held = await db().order.count({ where: { productId: product.id, status: "pending" } });
  expect(await stockOf(product.id)).toBe(5 - held);
});

it("one event delivered eight times concurrently makes one sale", async () => {
  const { order, buyer, sessionId } = await placeOrderForProduct();
  const sent = paidEvent({ ...order, sessionId });
  const responses = await times(8, () => sendPaymentEvent(sent));
  expect(responses.map(({ status }) => status)).toEqual(Array(8).fill(200));
  await finishTasks(order.id);
  expect((await readOrderAs(order.id, buyer)).deliveries).toHaveLength(2);
  expect(await taskKeys(order.id)).toHaveLength(4);
});

it("eight different events of one payment and the payment check make one sale", async () => {
  const { order, product, sessionId } = await placeOrderForProduct();
  await provider.simulateBuyer(sessionId, "paid");

  const { payment_intent } = await stripe().checkout.sessions.retrieve(sessionId);
  await Promise.all([
    times(8, () => sendPaymentEvent(paidEvent({ ...order, sessionId }, String(payment_intent)))),
    runCheck(order.id, 0),
  ]);
  expect(await taskKeys(order.id)).toHaveLength(4);
  expect(await stockOf(product.id)).toBe(8);
  expect(await db().alert.count({ where: { subject: `order:${order.id}` } })).toBe(0);
});

it("eight deliveries of one task deliver the goods once", async () => {
  const { order, sessionId } = await placeOrderForProduct();
  await sendPaymentEvent(paidEvent({ ...order, sessionId }));
  const { id } = await db().task.findUniqueOrThrow({
    where: { queue_key: { queue: "deliver-goods", key: order.id } },
  });
  await times(8, () => deliverTask("deliver-goods", id));
  await finishTasks(order.id);
  expect(await db().delivery.count({ where: { orderId: order.id } })).toBe(2);
});

it("a ticket presented eight times concurrently is admitted once", async () => {
  const { order, product, buyer, sessionId } = await placeOrderForProduct();
  await sendPaymentEvent(paidEvent({ ...order, sessionId }));
  await finishTasks(order.id);
  const code = (await readOrderAs(order.id, buyer)).deliveries[0]?.code;
  const responses = await times(8, () => call(admit, { as: product.seller, body: { code } }));
  expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
});

it("payment, refund, expiry and delivery at the same moment end in the same state in any order", async () => {
  const random = seededRandom(Number(process.env.SEED ?? 7));
  for (let round = 0; round < runs(25); round += 1) {
    const { order, product, buyer, sessionId } = await placeOrderForProduct();
    const intent = `pi_${order.id}`;
    const session = { id: sessionId, client_reference_id: order.id, payment_status: "unpaid" };
    const charge = { id: `ch_${order.id}`, payment_intent: intent, amount_refunded: 10_000 };
    const events = [
      paidEvent({ ...order, sessionId }),
      paidEvent({ ...order, sessionId }),
      refundEvent(intent, 4_000, { id: `re_1_${order.id}` }),
      refundEvent(intent, 6_000, { id: `re_2_${order.id}` }),
      paymentEvent("charge.refunded", charge),
      paymentEvent("checkout.session.expired", session),
    ].sort(() => random() - 0.5);
    await Promise.all([...events, pick(events, random)].map((sent) => sendPaymentEvent(sent)));
    await finishTasks(order.id);
    const finalOrder = await readOrderAs(order.id, buyer);
    expect(finalOrder).toMatchObject({ status: "refunded", refundedMinor: 10_000 });
    expect(finalOrder.deliveries.every(({ revokedAt }) => revokedAt !== null)).toBe(true);
    expect(await stockOf(product.id)).toBe(10);
    const keys = await taskKeys(order.id);
    const [sold, reversed] = [
      keys.includes("referral-bonuses *"),
      keys.includes("referral-bonuses *:reverse"),
    ];
    expect(reversed).toBe(sold);
  }
});
