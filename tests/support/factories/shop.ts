import { createHmac } from "node:crypto";
import { GET as readOrder } from "@/app/api/orders/[id]/route";
import { POST as order } from "@/app/api/orders/route";
import { POST as receiveEvent } from "@/app/api/webhooks/payments/route";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import type { OrderView } from "@/lib/schemas/order";
import { type NewProduct, newProductSchema, type Product } from "@/lib/schemas/product";
import { createProduct } from "@/lib/shop";
import { type ApiResponse, call } from "@/tests/support/clients/call";
import { deliverTask } from "@/tests/support/clients/signed-delivery";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { createPerson } from "./people";

/** Creates a product, by default of a new artist. */
export async function createTestProduct(
  input: Partial<NewProduct> = {},
  seller?: Caller,
): Promise<Product & { seller: Caller }> {
  const owner = seller ?? (await createPerson("artist"));
  const product = await createProduct(
    owner,
    newProductSchema.parse({
      kind: "ticket",
      title: "A night",
      priceMinor: 5_000,
      currency: "EUR",
      ...input,
    }),
  );
  return { ...product, seller: owner };
}

/** Creates a buyer and the user who referred them. */
export async function createReferredBuyer(): Promise<{ buyer: Caller; referrer: Caller }> {
  const [buyer, referrer] = await Promise.all([createPerson(), createPerson()]);
  await db().user.update({ where: { id: buyer.userId }, data: { referredById: referrer.userId } });
  return { buyer, referrer };
}

export function placeTestOrder(
  buyer: Caller,
  body: { productId: string; quantity?: number; clientKey?: string; bonusAmount?: number },
  headers: Record<string, string> = {},
): Promise<ApiResponse> {
  return call(order, { as: buyer, body, headers });
}

export async function readOrderAs(id: string, as: Caller): Promise<OrderView> {
  const { status, body } = await call(readOrder, { as, params: { id } });
  if (status !== 200) throw new Error(`GET /api/orders/${id} returned HTTP ${status}`);
  return body.order;
}

/** Waits until an order meets a condition. */
export async function waitForOrder(
  id: string,
  as: Caller,
  what: string,
  holds: (order: OrderView) => boolean,
): Promise<OrderView> {
  let order = await readOrderAs(id, as);
  await waitUntil(`the order is ${what}`, async () => {
    order = await readOrderAs(id, as);
    return holds(order);
  });
  return order;
}

export async function stockOf(productId: string): Promise<number | null> {
  return (await db().product.findUniqueOrThrow({ where: { id: productId } })).stock;
}

/** An event as the payment provider sends it. */
export interface TestPaymentEvent {
  id: string;
  object: "event";
  type: string;
  data: { object: Record<string, unknown> };
}

export function paymentEvent(
  type: string,
  object: Record<string, unknown>,
  id = `evt_${newId()}`,
): TestPaymentEvent {
  return { id, object: "event", type, data: { object } };
}

/** The event of a completed payment of an order, by default of the exact amount less the bonuses. */
export function paidEvent(
  {
    id,
    amountMinor,
    bonusMinor = 0,
    currency,
    sessionId,
  }: { id: string; amountMinor: number; bonusMinor?: number; currency: string; sessionId?: string },
  paymentIntentId = `pi_${id}`,
): TestPaymentEvent {
  return paymentEvent("checkout.session.completed", {
    id: sessionId ?? `cs_${id}`,
    object: "checkout.session",
    client_reference_id: id,
    payment_status: "paid",
    status: "complete",
    payment_intent: paymentIntentId,
    amount_total: amountMinor - bonusMinor,
    currency: currency.toLowerCase(),
  });
}

export function refundEvent(
  paymentIntentId: string,
  amount: number,
  { id = `re_${newId()}`, status = "succeeded", type = "refund.created" } = {},
): TestPaymentEvent {
  return paymentEvent(type, { id, object: "refund", payment_intent: paymentIntentId, amount, status });
}

interface EventSigning {
  secret?: string;
  /** Unix seconds. */
  at?: number;
}

/** The signature header of a body, as the provider creates it. */
export function signEvent(body: string, { secret, at = Math.floor(Date.now() / 1_000) }: EventSigning = {}) {
  const key = secret ?? process.env.STRIPE_WEBHOOK_SECRET ?? "";
  return `t=${at},v1=${createHmac("sha256", key).update(`${at}.${body}`).digest("hex")}`;
}

/** Sends an event to the payment webhook. */
export function sendPaymentEvent(sent: TestPaymentEvent, signing: EventSigning = {}): Promise<ApiResponse> {
  const body = JSON.stringify(sent, null, 2);
  return call(receiveEvent, { body, headers: { "stripe-signature": signEvent(body, signing) } });
}

/** Runs a round of the payment check task now, as QStash would when it is due. */
export async function runCheck(orderId: string, round: number): Promise<ApiResponse> {
  const { id } = await db().task.update({
    where: { queue_key: { queue: "payments", key: `check:${orderId}:${round}` } },
    data: { notBefore: new Date(0) },
    select: { id: true },
  });
  return deliverTask("payments", id);
}

/** Sets how long ago an order was placed. */
export async function setOrderAge(id: string, minutes: number): Promise<void> {
  await db().order.update({ where: { id }, data: { createdAt: new Date(Date.now() - minutes * 60_000) } });
}

/** The queues and keys of an order's tasks in any state. */
export async function taskKeys(orderId: string): Promise<string[]> {
  const tasks = await db().task.findMany({ where: { subject: `order:${orderId}` } });
  return tasks.map(({ queue, key }) => `${queue} ${key.replace(orderId, "*")}`).sort();
}

/** Delivers tasks immediately, as QStash would; leases left by a crash are ended first. */
export async function runTasks(tasks: readonly { id: string; queue: string }[]): Promise<void> {
  for (const { id, queue } of tasks) {
    await db().task.updateMany({
      where: { id, state: { notIn: ["done", "dead", "cancelled"] } },
      data: { notBefore: new Date(0), leaseUntil: null },
    });
    await deliverTask(queue, id);
  }
}

/** Delivers an order's tasks until all are finished. */
export async function finishTasks(orderId: string): Promise<void> {
  await waitUntil("all tasks of the order are finished", async () => {
    const unfinished = await db().task.findMany({
      where: { subject: `order:${orderId}`, state: { notIn: ["done", "dead", "cancelled"] } },
    });
    await runTasks(unfinished);
    return unfinished.length === 0;
  });
}

/** The event of a checkout that was not paid in time. */
export const expiredEvent = (orderId: string) =>
  paymentEvent("checkout.session.expired", {
    id: "cs",
    client_reference_id: orderId,
    payment_status: "unpaid",
  });

/** The event of an order's payment through the checkout that was opened for it. */
export async function paidEventOf(order: OrderView) {
  const { sessionId } = await db().order.findUniqueOrThrow({
    where: { id: order.id },
    select: { sessionId: true },
  });
  return paidEvent({ ...order, sessionId: sessionId ?? "" });
}
