import { setTimeout as delay } from "node:timers/promises";
import type { Caller } from "@/lib/core/access-token";
import { db } from "@/lib/db";
import { maxBonusPayment, moneyMinor } from "@/lib/schemas/bonus-price";
import { MAX_SPEND_MINOR } from "@/lib/schemas/limits";
import type { RunningStripe } from "@/local/stripe";
import { retryUntilDecided, sendRequest } from "./api-client";
import type { Journal } from "./journal";
import type { PlannedOrder, PlannedRefund } from "./plan-soak";
import { stripeClient } from "./provider-payments";

export interface SoakShop {
  buyers: (Caller & { referrer: Caller | null })[];
  products: { id: string; seller: Caller; priceMinor: number; currency: string }[];
  provider: RunningStripe;
  journal: Journal;
}

/** Plays one order from the buyer's click to the last refund. */
export async function playOrder(plan: PlannedOrder, shop: SoakShop): Promise<void> {
  const placed = await submitOrder(plan, shop);
  if (!placed) return;
  const early = plan.refunds.filter(({ early }) => early);
  for (const result of plan.results) await playCheckout(plan, result, placed.checkoutUrl, shop);
  for (const refund of early) await playRefund(plan, refund, placed.id, shop);
  for (const refund of plan.refunds.filter(({ early }) => !early)) {
    if (!(await waitUntilDelivered(placed.id))) break;
    await playRefund(plan, refund, placed.id, shop);
  }
  await spendBonuses(plan, shop);
}

/** Sends the order until it is accepted or rejected; with one client key repeated requests make one order. */
async function submitOrder(
  plan: PlannedOrder,
  { buyers, products, journal }: SoakShop,
): Promise<{ id: string; checkoutUrl: string | null } | null> {
  const buyer = buyers[plan.buyer];
  const product = products[plan.product];
  if (!buyer || !product) throw new Error("the plan names an unknown buyer or product");
  const { priceMinor, currency } = product;
  const most = maxBonusPayment(MAX_SPEND_MINOR, { amountMinor: priceMinor * plan.quantity, currency });
  const bonusAmount = Math.floor(most.bonusAmount * plan.bonusShare);
  const body = {
    ...{ productId: product.id, quantity: plan.quantity, bonusAmount },
    clientKey: `order-${plan.index}`,
  };
  const send = () => retryUntilDecided(() => sendRequest("POST", "/api/orders", { as: buyer, body }));
  const responses = await Promise.all(Array.from({ length: plan.copies }, send));
  journal.note(
    plan.index,
    `ordered ${plan.quantity} of ${product.id} with ${bonusAmount} bonuses: ${responses.map((response) => response?.status ?? "no answer").join(", ")}`,
  );
  const orders = responses.flatMap((response) => (response?.status === 201 ? [response.body] : []));
  const [first] = orders;
  if (!first) return null;
  const { id } = first.order;
  journal.identify(plan.index, id);
  if (orders.some(({ order }) => order.id !== id)) {
    journal.violations.push({ orderId: id, what: "one client key made two orders" });
  }
  // A repeated request returns the same order; only an outage may fail it.
  const rejected = responses.find((response) => response && response.status !== 201);
  if (rejected) {
    journal.violations.push({
      orderId: id,
      what: `the same request got 201 and ${rejected.status} ${JSON.stringify(rejected.body)}`,
    });
  }
  const checkoutUrl = orders.map((order) => order.checkoutUrl).find((url) => url !== null) ?? null;
  return { id, checkoutUrl };
}

async function playCheckout(
  { index }: PlannedOrder,
  result: string,
  checkoutUrl: string | null,
  { journal }: SoakShop,
): Promise<void> {
  if (checkoutUrl === null) return journal.note(index, "the checkout page no longer exists");
  const response = await fetch(checkoutUrl, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ result }),
    redirect: "manual",
  });
  await response.arrayBuffer();
  journal.note(index, `on the provider's page: ${result} (${response.status})`);
}

async function playRefund(plan: PlannedOrder, refund: PlannedRefund, orderId: string, shop: SoakShop) {
  const { journal, products } = shop;
  const order = await retry(() =>
    db().order.findUnique({
      where: { id: orderId },
      select: { amountMinor: true, bonusMinor: true, sessionId: true },
    }),
  );
  if (!order) return;
  const amount =
    refund.share === null ? undefined : Math.max(1, Math.floor(moneyMinor(order) * refund.share));
  const label = `${refund.by} refunds ${amount ?? "all that is left"}`;
  if (refund.by === "provider") {
    const paid = await paymentIntentOf(order.sessionId, shop.provider);
    const outcome = paid
      ? await shop.provider.refund(paid, amount).catch((error: Error) => error.message)
      : "nothing was paid";
    return journal.note(plan.index, `${label}: ${outcome}`);
  }
  const seller = products[plan.product]?.seller;
  const response = await retryUntilDecided(() =>
    sendRequest("POST", `/api/orders/${orderId}/refund`, {
      ...(seller ? { as: seller } : {}),
      body: amount === undefined ? {} : { amountMinor: amount },
    }),
  );
  journal.note(plan.index, `${label}: ${response?.status ?? "no answer"}`);
  if (response?.status !== 202) return;
  const task = await retry(() =>
    db().task.findUnique({ where: { id: response.body.task.id }, select: { id: true } }),
  );
  if (!task) journal.violations.push({ orderId, what: "a refund was accepted and has no task" });
}

/** Retries until the provider responds: its API may have injected faults. */
async function paymentIntentOf(sessionId: string | null, provider: RunningStripe): Promise<string | null> {
  if (sessionId === null) return null;
  const session = await retry(() => stripeClient(provider).checkout.sessions.retrieve(sessionId));
  const intent = session?.payment_intent;
  return typeof intent === "string" && session?.payment_status === "paid" ? intent : null;
}

const MAX_POLLS = 40;
const POLL_INTERVAL_MS = 250;

/** Waits for the delivery, since an earlier refund would be rejected. @returns false if it fails or takes too long */
async function waitUntilDelivered(orderId: string): Promise<boolean> {
  for (let poll = 0; poll < MAX_POLLS; poll += 1) {
    const order = await db()
      .order.findUnique({ where: { id: orderId }, select: { status: true } })
      .catch(() => null);
    if (order?.status === "delivered") return true;
    if (order?.status === "failed" || order?.status === "refunded") return false;
    await delay(POLL_INTERVAL_MS);
  }
  return false;
}

/** Sends two concurrent requests with one key: the balance must never be overspent. */
async function spendBonuses({ index, buyer, spends }: PlannedOrder, { buyers, journal }: SoakShop) {
  const referrer = buyers[buyer]?.referrer;
  if (spends === 0 || !referrer) return;
  const body = { amount: spends, key: `spend-${index}` };
  const send = () => sendRequest("POST", "/api/bonuses/spend", { as: referrer, body });
  const responses = await Promise.all([send(), send()]);
  journal.note(
    index,
    `bonuses spent: ${responses.map((response) => response?.status ?? "no answer").join(", ")}`,
  );
}

async function retry<R>(read: () => Promise<R>): Promise<R | null> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    try {
      return await read();
    } catch {
      await delay(POLL_INTERVAL_MS);
    }
  }
  return null;
}
