import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { type Failpoint, injectFault } from "@/lib/core/failpoint";
import { db } from "@/lib/db";
import { stripe } from "@/lib/shop/stripe";
import {
  createReferredBuyer,
  createTestProduct,
  paymentEvent,
  placeTestOrder,
  runTasks,
  sendPaymentEvent,
  stockOf,
  type TestPaymentEvent,
} from "@/tests/support/factories/shop";
import { provider, stopShopServer } from "@/tests/support/factories/shop-server";
import { runs } from "@/tests/support/fuzz/runs";

/*
 * One order, and everything that can be told of it or done about it, in any order, repeated, at the same moment, and
 * cut short by crashes. The provider is real and decides what is true; what its events say, and when, is the model's.
 * After every step the rules below hold.
 */
provider.setWebhookUrl(null);
afterAll(stopShopServer);

const STOCK = 5;
const QUANTITY = 2;

type Step =
  | { do: "pay" | "decline" | "abandon" }
  | { do: "refund"; part: number }
  /** One of the provider's events so far: the first or last that nobody has told yet, or any, however old. */
  | { do: "tell"; which: "next" | "last" | number; times: number }
  | { do: "check"; round: number }
  /** All that waits is run. */
  | { do: "run" }
  | { do: "age" };

const CRASHES: readonly Failpoint[] = [
  "shop.event.applied",
  "shop.event.committed",
  "tasks.prepared",
  "tasks.completing",
  "tasks.completed",
  "shop.refund.made",
];

const times = fc.integer({ min: 1, max: 2 });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step>({ do: "pay" }) },
  { weight: 3, arbitrary: fc.constant<Step>({ do: "decline" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "abandon" }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("refund" as const), part: fc.constantFrom(1, 2, 3, 3) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("tell" as const),
      which: fc.constantFrom("next" as const, "last" as const),
      times,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("tell" as const), which: fc.nat(30), times }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("check" as const), round: fc.nat(1) }) },
  { weight: 3, arbitrary: fc.constant<Step>({ do: "run" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "age" }) },
);
const plan = fc.array(fc.tuple(step, fc.option(fc.constantFrom(...CRASHES), { freq: 4 })), {
  minLength: 6,
  maxLength: 16,
});

const next: Step = { do: "tell", which: "next", times: 2 };
const last: Step = { do: "tell", which: "last", times: 1 };
const pay: Step = { do: "pay" };
const run: Step = { do: "run" };
const whole: Step = { do: "refund", part: 3 };
/** What must be among the interleavings, whatever chance brings. */
const MUST: Step[][] = [
  // The refund is told first.
  [pay, whole, last, next, run, next],
  // It comes when all is handed over.
  [pay, next, run, whole, next, next, next, run],
  // Declined, told, and paid after all.
  [{ do: "decline" }, next, pay, last, next, next, run],
  // Nobody tells anything.
  [pay, { do: "check", round: 0 }, run, whole, { do: "check", round: 0 }],
  [{ do: "age" }, { do: "check", round: 0 }, pay],
];

class Crash extends Error {}

interface World {
  buyer: Caller;
  orderId: string;
  productId: string;
  sessionId: string;
  /** The events that were told at least once. */
  told: Set<string>;
}

async function build(): Promise<World> {
  const { buyer } = await createReferredBuyer();
  const { id: productId } = await createTestProduct({ stock: STOCK });
  const { body } = await placeTestOrder(buyer, { productId, quantity: QUANTITY });
  const { sessionId } = await db().order.findUniqueOrThrow({ where: { id: body.order.id } });
  return { buyer, orderId: body.order.id, productId, sessionId: sessionId ?? "", told: new Set() };
}

/** The provider's events about this order, oldest first. */
async function eventsOf({ sessionId }: World): Promise<TestPaymentEvent[]> {
  const session = await stripe().checkout.sessions.retrieve(sessionId);
  const { data } = await stripe().events.list({ limit: 100 });
  const intent = session.payment_intent;
  const isOurs = (object: Record<string, unknown>) =>
    object.id === sessionId ||
    (intent !== null && (object.id === intent || object.payment_intent === intent));
  return data
    .map(({ id, type, data }) => paymentEvent(type, { ...data.object } as Record<string, unknown>, id))
    .filter(({ data }) => isOurs(data.object))
    .reverse();
}

async function intentOf({ sessionId }: World): Promise<string | null> {
  const { payment_intent, payment_status } = await stripe().checkout.sessions.retrieve(sessionId);
  return payment_status === "paid" && typeof payment_intent === "string" ? payment_intent : null;
}

async function take(world: World, now: Step): Promise<void> {
  switch (now.do) {
    case "pay":
      await provider.simulateBuyer(world.sessionId, "paid");
      return;
    case "decline":
      await provider.simulateBuyer(world.sessionId, "failed");
      return;
    case "abandon":
      await provider.simulateBuyer(world.sessionId, "abandoned");
      return;
    case "refund": {
      const intent = await intentOf(world);
      // The provider does not give back more than there is.
      if (intent)
        await provider.refund(intent, now.part === 3 ? undefined : now.part * 1_000).catch(() => {});
      return;
    }
    case "tell": {
      const events = await eventsOf(world);
      const chosen =
        typeof now.which === "number"
          ? events[now.which % Math.max(1, events.length)]
          : events.filter(({ id }) => !world.told.has(id)).at(now.which === "next" ? 0 : -1);
      if (!chosen) return;
      world.told.add(chosen.id);
      await Promise.all(Array.from({ length: now.times }, () => sendPaymentEvent(chosen)));
      return;
    }
    case "check": {
      const key = `check:${world.orderId}:${now.round}`;
      await runTasks(await db().task.findMany({ where: { queue: "payments", key } }));
      return;
    }
    case "run":
      await runTasks(
        await db().task.findMany({
          where: { subject: `order:${world.orderId}`, state: { notIn: ["done", "dead"] } },
        }),
      );
      return;
    case "age":
      await db().order.update({
        where: { id: world.orderId },
        data: { createdAt: new Date(Date.now() - 36 * 60_000) },
      });
  }
}

const RANK = { pending: 0, failed: 0, paid: 1, delivered: 2, refunded: 3 };

/** What must hold at any time; @param before the status when it was looked at last */
async function check(world: World, before: keyof typeof RANK): Promise<keyof typeof RANK> {
  const order = await db().order.findUniqueOrThrow({
    where: { id: world.orderId },
    include: { deliveries: true },
  });
  const { status } = order;
  expect(RANK[status], `${before} became ${status}`).toBeGreaterThanOrEqual(RANK[before]);

  const holds = status === "pending" || status === "paid" || status === "delivered";
  expect(await stockOf(world.productId)).toBe(STOCK - (holds ? QUANTITY : 0));

  const tasks = await db().task.findMany({ where: { subject: `order:${world.orderId}` } });
  const sold = tasks
    .filter(({ key }) => key === world.orderId)
    .map(({ queue }) => queue)
    .sort();
  const wasSold = status === "paid" || status === "delivered";
  const required = ["deliver-goods", "leaderboards", "referral-bonuses", "supplier-notifications"];
  if (wasSold) expect(sold).toEqual(required);
  if (status === "pending" || status === "failed") expect(sold).toEqual([]);
  if (status === "refunded") expect([0, required.length]).toContain(sold.length);
  const reversed = tasks.filter(({ queue, key }) => queue === "referral-bonuses" && key.endsWith(":reverse"));
  expect(reversed).toHaveLength(status === "refunded" && sold.length > 0 ? 1 : 0);

  const open = order.deliveries.filter(({ revokedAt }) => revokedAt === null);
  expect(open).toHaveLength(status === "delivered" ? QUANTITY : 0);
  expect([0, QUANTITY]).toContain(order.deliveries.length);

  const refunds = await db().refund.findMany({ where: { paymentIntentId: order.paymentIntentId ?? "" } });
  const sum = refunds
    .filter(({ id }) => id.startsWith("re_"))
    .reduce((all, { amountMinor }) => all + amountMinor, 0);
  const total = Math.max(
    0,
    ...refunds.filter(({ id }) => id.startsWith("ch_")).map(({ amountMinor }) => amountMinor),
  );
  expect(order.refundedMinor).toBe(Math.max(sum, total));
  expect(status === "refunded").toBe(
    order.paymentIntentId !== null && order.refundedMinor === order.amountMinor,
  );
  // The provider takes an order's money once, and what it costs.
  const alerts = await db().alert.count({ where: { subject: `order:${world.orderId}` } });
  expect(alerts).toBe(0);
  return status;
}

/** In the end everything has been told, and every task has run: what the provider says is what the order is. */
async function settle(world: World): Promise<void> {
  for (const sent of await eventsOf(world)) expect((await sendPaymentEvent(sent)).status).toBe(200);
  for (let rounds = 0; rounds < 4; rounds += 1) {
    await runTasks(
      await db().task.findMany({
        where: {
          OR: [{ subject: `order:${world.orderId}` }, { key: { startsWith: `check:${world.orderId}:` } }],
          state: { notIn: ["done", "dead", "cancelled"] },
        },
      }),
    );
  }
  const intent = await intentOf(world);
  const order = await db().order.findUniqueOrThrow({ where: { id: world.orderId } });
  if (!intent) {
    expect(["pending", "failed"]).toContain(order.status);
    return;
  }
  const refunds = await stripe().refunds.list({ payment_intent: intent });
  const refunded = refunds.data.reduce((all, { amount }) => all + amount, 0);
  expect(order.refundedMinor).toBe(refunded);
  expect(order.status).toBe(refunded === order.amountMinor ? "refunded" : "delivered");
  const unfinished = await db().task.count({
    where: { subject: `order:${world.orderId}`, state: { not: "done" } },
  });
  expect(unfinished).toBe(0);
}

it("whatever is told, in whatever order, however often and wherever it crashes, an order stays true", {
  timeout: 150_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (steps) => {
      const world = await build();
      let status = await check(world, "pending");
      for (const [now, crash] of steps) {
        let armed = crash !== null;
        const end = injectFault(async (here) => {
          if (!armed || here !== crash) return;
          armed = false;
          throw new Crash(here);
        });
        try {
          await take(world, now);
        } finally {
          end();
        }
        status = await check(world, status);
      }
      await settle(world);
      await check(world, status);
    }),
    {
      numRuns: runs(20),
      examples: MUST.map((steps) => [steps.map((now): [Step, Failpoint | null] => [now, null])]),
      interruptAfterTimeLimit: 100_000,
      endOnFailure: true,
    },
  );
});
