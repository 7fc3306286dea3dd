import { afterAll } from "vitest";
import type { Failpoint } from "@/lib/core/failpoint";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { stripe } from "@/lib/shop/stripe";
import { enqueue } from "@/lib/tasks";
import { balanceOf, grantBonuses, ledgerViolations } from "@/tests/support/factories/ledger-tools";
import { createPerson } from "@/tests/support/factories/people";
import {
  createReferredBuyer,
  createTestProduct,
  finishTasks,
  paidEvent,
  placeTestOrder,
  runCheck,
  runTasks,
  sendPaymentEvent,
  stockOf,
  taskKeys,
} from "@/tests/support/factories/shop";
import { provider, stopShopServer } from "@/tests/support/factories/shop-server";
import { startChild } from "@/tests/support/processes/children";
import type { ShopWork } from "@/tests/support/processes/shop-process";
import { type FailpointScenario, testFailpoints } from "@/tests/support/processes/test-failpoints";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

// The provider sends no events: the tests send them.
provider.setWebhookUrl(null);
afterAll(stopShopServer);

const STOCK = 5;
const QUANTITY = 2;
/** Hundredths of a bonus that a buyer has, and that each order takes: they pay 10 euros. */
const GRANTED = 300_000;
const BONUSES = 175_000;
const SALE = ["deliver-goods *", "leaderboards *", "referral-bonuses *", "supplier-notifications *"];

const crashDuring = (work: ShopWork) => (failpoint: Failpoint) =>
  startChild("shop-process.ts", [JSON.stringify(work)], { FAILPOINT: failpoint }).ended;

/** A buyer places an order and does not retry it. */
async function orderScenario(): Promise<FailpointScenario> {
  const buyer = await createPerson();
  await grantBonuses(buyer, GRANTED);
  const { id: productId } = await createTestProduct({ stock: STOCK });
  const body = { productId, clientKey: newId(), bonusAmount: BONUSES };
  const order = () => placeTestOrder(buyer, body);
  const rows = () => db().order.findMany({ where: { buyerId: buyer.userId } });
  return {
    act: order,
    actConcurrently: order,
    crashAt: crashDuring({ do: "order", buyer, ...body }),
    settle: async () => {
      for (const { id } of await rows()) await runCheck(id, 0);
    },
    violations: async () => {
      const [placed, ...more] = await rows();
      const stock = await stockOf(productId);
      const violations: string[] = [];
      if (more.length > 0) violations.push(`${more.length + 1} orders of one request`);
      if (!placed) return [...violations, "no order, although it had committed"];
      const { status, sessionId, checkoutUrl } = placed;
      const held = status === "pending" ? 1 : 0;
      if (stock !== STOCK - held) violations.push(`${status}, and ${stock} of ${STOCK} left`);
      const balance = await balanceOf(buyer);
      if (balance !== GRANTED - held * BONUSES)
        violations.push(`${status}, and the buyer has ${balance} bonuses`);
      violations.push(...(await ledgerViolations(buyer)));
      if (status === "pending" && !(sessionId && checkoutUrl))
        violations.push("pending without a checkout page");
      if (status !== "pending" && status !== "failed") violations.push(`${status} without a payment`);
      return violations;
    },
  };
}

async function placeOrderForProduct() {
  const { buyer } = await createReferredBuyer();
  await grantBonuses(buyer, GRANTED);
  const product = await createTestProduct({ stock: STOCK });
  const { order } = (
    await placeTestOrder(buyer, { productId: product.id, quantity: QUANTITY, bonusAmount: BONUSES })
  ).body;
  const { sessionId } = await db().order.findUniqueOrThrow({ where: { id: order.id } });
  return { product, buyer, order, sessionId: sessionId ?? "" };
}

/** The provider sends a payment event until it gets a 200. */
async function eventScenario(): Promise<FailpointScenario> {
  const { product, buyer, order, sessionId } = await placeOrderForProduct();
  const sent = paidEvent({ ...order, sessionId });
  return {
    act: () => sendPaymentEvent(sent),
    actConcurrently: () => sendPaymentEvent(sent),
    crashAt: crashDuring({ do: "event", event: sent }),
    settle: async () => {
      const { status } = await sendPaymentEvent(sent);
      if (status !== 200) throw new Error(`the event got HTTP ${status}`);
      await finishTasks(order.id);
    },
    violations: async () => {
      const { status, deliveries } = await db().order.findUniqueOrThrow({
        where: { id: order.id },
        include: { deliveries: true },
      });
      const violations: string[] = [];
      if (status !== "delivered" || deliveries.length !== QUANTITY) {
        violations.push(`${status} with ${deliveries.length} deliveries`);
      }
      const keys = await taskKeys(order.id);
      if (JSON.stringify(keys) !== JSON.stringify(SALE)) violations.push(`tasks: ${keys.join(", ")}`);
      if ((await stockOf(product.id)) !== STOCK - QUANTITY) violations.push("the stock is wrong");
      if ((await balanceOf(buyer)) !== GRANTED - BONUSES) violations.push("the buyer's bonuses are wrong");
      return violations;
    },
  };
}

/** A refund: the provider makes it before the app can record it. */
async function refundScenario(): Promise<FailpointScenario> {
  const { order, sessionId } = await placeOrderForProduct();
  await provider.simulateBuyer(sessionId, "paid");
  await runCheck(order.id, 0);
  await finishTasks(order.id);
  const { paymentIntentId } = await db().order.findUniqueOrThrow({ where: { id: order.id } });
  const amountMinor = 3_000;
  // A transaction outside lib/db publishes nothing after its commit, so only this test runs the task.
  const { id } = await db().$transaction((tx) =>
    enqueue(
      tx,
      "payments",
      { action: "refund", orderId: order.id, amountMinor, reason: "requested_by_customer" },
      { key: `refund:${order.id}`, subject: `order:${order.id}` },
    ),
  );
  const task = { id, queue: "payments" };
  const run = () => runTasks([task]);
  return {
    act: run,
    actConcurrently: run,
    crashAt: crashDuring({ do: "run", tasks: [task] }),
    settle: () => finishTasks(order.id),
    violations: async () => {
      const { data } = await stripe().refunds.list({ payment_intent: paymentIntentId ?? "" });
      const { refundedMinor, status } = await db().order.findUniqueOrThrow({ where: { id: order.id } });
      const violations: string[] = [];
      if (data.length !== 1) violations.push(`the provider made ${data.length} refunds`);
      if (refundedMinor !== amountMinor || status !== "delivered") {
        violations.push(`${status}, and ${refundedMinor} was refunded instead of ${amountMinor}`);
      }
      const { state } = await db().task.findUniqueOrThrow({ where: { id: task.id } });
      if (state !== "done") violations.push(`the task is ${state}`);
      return violations;
    },
  };
}

testFailpoints<Extract<Failpoint, `shop.${string}`>>({
  "shop.order.placed": orderScenario,
  "shop.checkout.opened": orderScenario,
  "shop.event.applied": eventScenario,
  "shop.event.committed": eventScenario,
  "shop.refund.made": refundScenario,
});
