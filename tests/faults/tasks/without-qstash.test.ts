import { afterAll, beforeAll, expect, it } from "vitest";
import { waitForDeferredWork } from "@/lib/core/defer";
import type { Failpoint } from "@/lib/core/failpoint";
import { db, disconnectDb } from "@/lib/db";
import { drainMoneyLane } from "@/lib/tasks/drain-money-lane";
import { useUpQuota } from "@/tests/support/factories/qstash-quota";
import {
  createReferredBuyer,
  createTestProduct,
  paidEvent,
  placeTestOrder,
  sendPaymentEvent,
  stockOf,
} from "@/tests/support/factories/shop";
import { payAt } from "@/tests/support/factories/shop-payments";
import { provider, stopShopServer } from "@/tests/support/factories/shop-server";
import { startChild } from "@/tests/support/processes/children";
import type { ShopWork } from "@/tests/support/processes/shop-process";
import { type FailpointScenario, testFailpoints } from "@/tests/support/processes/test-failpoints";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

/**
 * Orders while QStash answers 429 to every message: the 1,000 messages of the plan's day are used up, and no sweeper
 * runs. Only requests deliver what was paid.
 */
// The shop's app is served already: QStash and the provider call it at its own address.
const { APP_URL } = process.env;
const { qstash, stop } = await startIsolatedBackends({ plan: "free" });
Object.assign(process.env, { APP_URL });

beforeAll(() => useUpQuota(qstash));
afterAll(async () => {
  expect(qstash.stats()).toMatchObject({ today: 1_000, delivered: 0 });
  await waitForDeferredWork();
  await stopShopServer();
  await disconnectDb();
  await stop();
});

const STOCK = 5;
const QUANTITY = 2;
const MONEY_QUEUES = ["deliver-goods", "referral-bonuses", "supplier-notifications"];
const OTHER_QUEUES = ["leaderboards"];

async function place() {
  const { buyer, referrer } = await createReferredBuyer();
  const product = await createTestProduct({ stock: STOCK });
  const { order, checkoutUrl } = (await placeTestOrder(buyer, { productId: product.id, quantity: QUANTITY }))
    .body;
  await waitForDeferredWork();
  const { sessionId } = await db().order.findUniqueOrThrow({ where: { id: order.id } });
  return { product, order, checkoutUrl, referrer, sessionId: sessionId ?? "" };
}

/** The tasks of an order's sale; not the check of its payment, which is for much later. */
const saleTasks = (orderId: string) =>
  db().task.findMany({
    where: { subject: `order:${orderId}`, queue: { in: [...MONEY_QUEUES, ...OTHER_QUEUES] } },
    orderBy: { queue: "asc" },
  });

async function violations({
  product,
  order,
  referrer,
}: Awaited<ReturnType<typeof place>>): Promise<string[]> {
  const { status, deliveries } = await db().order.findUniqueOrThrow({
    where: { id: order.id },
    include: { deliveries: true },
  });
  const found: string[] = [];
  if (status !== "delivered" || deliveries.length !== QUANTITY) {
    found.push(`${status} with ${deliveries.length} deliveries`);
  }
  if ((await stockOf(product.id)) !== STOCK - QUANTITY) found.push("the stock is wrong");
  const bonuses = await db().bonusEntry.count({ where: { userId: referrer.userId } });
  if (bonuses !== 1) found.push(`${bonuses} bonuses`);
  for (const { queue, state } of await saleTasks(order.id)) {
    const expected = MONEY_QUEUES.includes(queue) ? "done" : "pending";
    if (state !== expected) found.push(`${queue} is ${state}`);
  }
  return found;
}

it("a paid order is delivered once, by the request that the provider makes", async () => {
  const placed = await place();
  await payAt(placed.checkoutUrl, "twice");
  await expect.poll(() => violations(placed), { timeout: 20_000 }).toEqual([]);
  const tasks = await saleTasks(placed.order.id);
  expect(tasks.map(({ queue, attempts }) => [queue, attempts])).toEqual([
    ["deliver-goods", 1],
    ["leaderboards", 0],
    ["referral-bonuses", 1],
    ["supplier-notifications", 1],
  ]);
});

/** The provider's event is sent until it gets 200; then other requests come, some time later. */
async function paidScenario(): Promise<FailpointScenario> {
  provider.setWebhookUrl(null);
  const placed = await place();
  const sent = paidEvent({ ...placed.order, sessionId: placed.sessionId });
  const work: ShopWork = { do: "event", event: sent };
  const drain = () => drainMoneyLane({ budgetMs: 5_000 });
  return {
    act: () => sendPaymentEvent(sent),
    actConcurrently: async () => {
      await makeDue(placed.order.id);
      await Promise.all([sendPaymentEvent(sent), drain(), drain()]);
    },
    crashAt: (failpoint: Failpoint) =>
      startChild("shop-process.ts", [JSON.stringify(work)], { FAILPOINT: failpoint }).ended,
    settle: async () => {
      expect((await sendPaymentEvent(sent)).status).toBe(200);
      await waitForDeferredWork();
      await expect
        .poll(
          async () => {
            await makeDue(placed.order.id);
            await drain();
            return violations(placed);
          },
          { timeout: 20_000 },
        )
        .toEqual([]);
    },
    violations: () => violations(placed),
  };
}

/** Ends leases that a crash has left, and lets the time pass until the tasks are due. */
async function makeDue(orderId: string): Promise<void> {
  const past = new Date(Date.now() - 1_000);
  await db().task.updateMany({
    where: {
      subject: `order:${orderId}`,
      queue: { in: MONEY_QUEUES },
      state: { in: ["pending", "published", "running"] },
    },
    data: { dueAt: past, leaseUntil: past },
  });
}

testFailpoints<
  | "tasks.committed"
  | "tasks.rejected"
  | "tasks.claimed"
  | "tasks.prepared"
  | "tasks.completing"
  | "tasks.completed"
>({
  "tasks.committed": paidScenario,
  "tasks.rejected": paidScenario,
  "tasks.claimed": paidScenario,
  "tasks.prepared": paidScenario,
  "tasks.completing": paidScenario,
  "tasks.completed": paidScenario,
});
