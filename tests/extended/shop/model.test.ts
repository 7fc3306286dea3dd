import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import type { Caller } from "@/lib/core/access-token";
import { type Failpoint, injectFault } from "@/lib/core/failpoint";
import { db } from "@/lib/db";
import { moneyMinor } from "@/lib/schemas/bonus-price";
import { stripe } from "@/lib/shop/stripe";
import { balanceOf, grantBonuses, ledgerViolations } from "@/tests/support/factories/ledger-tools";
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
 * One order with payments, refunds, events, checks and tasks in any order, repeated, concurrent, and interrupted by
 * crashes. The provider is real and decides the facts; the model decides which of its events are sent, and when. After
 * every step the invariants below hold.
 */
provider.setWebhookUrl(null);
afterAll(stopShopServer);

const STOCK = 5;
const QUANTITY = 2;
/** Hundredths of a bonus that the buyer has, and that the order takes: they pay 20 euros. */
const GRANTED = 500_000;
const BONUSES = 350_000;
const BONUS_MINOR = 2_000;

type Step =
  | { do: "pay" | "decline" | "abandon" }
  | { do: "refund"; part: number }
  /** Sends one of the provider's events so far: the first or last unsent one, or any, however old. */
  | { do: "sendEvent"; which: "next" | "last" | number; times: number }
  | { do: "check"; round: number }
  /** Runs all unfinished tasks. */
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
      do: fc.constant("sendEvent" as const),
      which: fc.constantFrom("next" as const, "last" as const),
      times,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("sendEvent" as const), which: fc.nat(30), times }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("check" as const), round: fc.nat(1) }) },
  { weight: 3, arbitrary: fc.constant<Step>({ do: "run" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "age" }) },
);
const plan = fc.array(fc.tuple(step, fc.option(fc.constantFrom(...CRASHES), { freq: 4 })), {
  minLength: 6,
  maxLength: 16,
});

const next: Step = { do: "sendEvent", which: "next", times: 2 };
const last: Step = { do: "sendEvent", which: "last", times: 1 };
const pay: Step = { do: "pay" };
const run: Step = { do: "run" };
const whole: Step = { do: "refund", part: 3 };
/** Interleavings that are always tested. */
const REQUIRED_PLANS: Step[][] = [
  // The refund's event comes first.
  [pay, whole, last, next, run, next],
  // The refund comes after the delivery.
  [pay, next, run, whole, next, next, next, run],
  // Declined, reported, and paid after all.
  [{ do: "decline" }, next, pay, last, next, next, run],
  // No event arrives.
  [pay, { do: "check", round: 0 }, run, whole, { do: "check", round: 0 }],
  [{ do: "age" }, { do: "check", round: 0 }, pay],
];

class Crash extends Error {}

interface OrderContext {
  buyer: Caller;
  orderId: string;
  productId: string;
  sessionId: string;
  /** Ids of the events that were sent at least once. */
  sentEvents: Set<string>;
}

async function createContext(): Promise<OrderContext> {
  const { buyer } = await createReferredBuyer();
  await grantBonuses(buyer, GRANTED);
  const { id: productId } = await createTestProduct({ stock: STOCK });
  const { body } = await placeTestOrder(buyer, { productId, quantity: QUANTITY, bonusAmount: BONUSES });
  expect(body.order.bonusMinor).toBe(BONUS_MINOR);
  const { sessionId } = await db().order.findUniqueOrThrow({ where: { id: body.order.id } });
  return { buyer, orderId: body.order.id, productId, sessionId: sessionId ?? "", sentEvents: new Set() };
}

/** The provider's events about this order, oldest first. */
async function eventsOf({ sessionId }: OrderContext): Promise<TestPaymentEvent[]> {
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

async function intentOf({ sessionId }: OrderContext): Promise<string | null> {
  const { payment_intent, payment_status } = await stripe().checkout.sessions.retrieve(sessionId);
  return payment_status === "paid" && typeof payment_intent === "string" ? payment_intent : null;
}

async function applyStep(context: OrderContext, now: Step): Promise<void> {
  switch (now.do) {
    case "pay":
      await provider.simulateBuyer(context.sessionId, "paid");
      return;
    case "decline":
      await provider.simulateBuyer(context.sessionId, "failed");
      return;
    case "abandon":
      await provider.simulateBuyer(context.sessionId, "abandoned");
      return;
    case "refund": {
      const intent = await intentOf(context);
      // The provider rejects a refund of more than is left.
      if (intent)
        await provider.refund(intent, now.part === 3 ? undefined : now.part * 1_000).catch(() => {});
      return;
    }
    case "sendEvent": {
      const events = await eventsOf(context);
      const chosen =
        typeof now.which === "number"
          ? events[now.which % Math.max(1, events.length)]
          : events.filter(({ id }) => !context.sentEvents.has(id)).at(now.which === "next" ? 0 : -1);
      if (!chosen) return;
      context.sentEvents.add(chosen.id);
      await Promise.all(Array.from({ length: now.times }, () => sendPaymentEvent(chosen)));
      return;
    }
    case "check": {
      const key = `check:${context.orderId}:${now.round}`;
      await runTasks(await db().task.findMany({ where: { queue: "payments", key } }));
      return;
    }
    case "run":
      await runTasks(
        await db().task.findMany({
          where: { subject: `order:${context.orderId}`, state: { notIn: ["done", "dead"] } },
        }),
      );
      return;
    case "age":
      await db().order.update({
        where: { id: context.orderId },
        data: { createdAt: new Date(Date.now() - 36 * 60_000) },
      });
  }
}

const RANK = { pending: 0, failed: 0, paid: 1, delivered: 2, refunded: 3 };

/** Checks the invariants. @param before  the status at the previous check */
async function check(context: OrderContext, before: keyof typeof RANK): Promise<keyof typeof RANK> {
  const order = await db().order.findUniqueOrThrow({
    where: { id: context.orderId },
    include: { deliveries: true },
  });
  const { status } = order;
  expect(RANK[status], `${before} became ${status}`).toBeGreaterThanOrEqual(RANK[before]);

  const holds = status === "pending" || status === "paid" || status === "delivered";
  expect(await stockOf(context.productId)).toBe(STOCK - (holds ? QUANTITY : 0));

  const tasks = await db().task.findMany({ where: { subject: `order:${context.orderId}` } });
  const sold = tasks
    .filter(({ key }) => key === context.orderId)
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
    order.paymentIntentId !== null && order.refundedMinor === moneyMinor(order),
  );
  // The order has its bonuses until it can no longer be paid, or all of its money went back.
  const hasBonuses = holds || (status === "failed" && order.checkoutUrl !== null);
  expect(order.bonusReturnedAt === null, `${status}: the order has its bonuses`).toBe(hasBonuses);
  expect(await balanceOf(context.buyer)).toBe(GRANTED - (hasBonuses ? BONUSES : 0));
  expect(await ledgerViolations(context.buyer)).toEqual([]);
  // The provider charges an order once, with the right amount.
  const alerts = await db().alert.count({ where: { subject: `order:${context.orderId}` } });
  expect(alerts).toBe(0);
  return status;
}

/** Sends all events and runs all tasks; then the order must match the provider. */
async function settle(context: OrderContext): Promise<void> {
  for (const sent of await eventsOf(context)) expect((await sendPaymentEvent(sent)).status).toBe(200);
  for (let rounds = 0; rounds < 4; rounds += 1) {
    await runTasks(
      await db().task.findMany({
        where: {
          OR: [{ subject: `order:${context.orderId}` }, { key: { startsWith: `check:${context.orderId}:` } }],
          state: { notIn: ["done", "dead", "cancelled"] },
        },
      }),
    );
  }
  const intent = await intentOf(context);
  const order = await db().order.findUniqueOrThrow({ where: { id: context.orderId } });
  if (!intent) {
    expect(["pending", "failed"]).toContain(order.status);
    return;
  }
  const refunds = await stripe().refunds.list({ payment_intent: intent });
  const refunded = refunds.data.reduce((all, { amount }) => all + amount, 0);
  expect(order.refundedMinor).toBe(refunded);
  expect(order.status).toBe(refunded === moneyMinor(order) ? "refunded" : "delivered");
  const unfinished = await db().task.count({
    where: { subject: `order:${context.orderId}`, state: { not: "done" } },
  });
  expect(unfinished).toBe(0);
}

it("an order stays consistent with any order and repetition of events and any crashes", {
  timeout: 150_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (steps) => {
      const context = await createContext();
      let status = await check(context, "pending");
      for (const [now, crash] of steps) {
        let armed = crash !== null;
        const stopInjecting = injectFault(async (failpoint) => {
          if (!armed || failpoint !== crash) return;
          armed = false;
          throw new Crash(failpoint);
        });
        try {
          await applyStep(context, now);
        } finally {
          stopInjecting();
        }
        status = await check(context, status);
      }
      await settle(context);
      await check(context, status);
    }),
    {
      numRuns: runs(20),
      examples: REQUIRED_PLANS.map((steps) => [steps.map((now): [Step, Failpoint | null] => [now, null])]),
      interruptAfterTimeLimit: 100_000,
      endOnFailure: true,
    },
  );
});
