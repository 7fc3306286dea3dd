import Stripe from "stripe";
import { env } from "../core/env";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { db, transaction } from "../db";
import { publishSubjectChanged } from "../tasks";
import { failOrder } from "./fail-order";
import { links } from "./links";
import { orderSubject } from "./order-subject";
import { isDefiniteRejection, paymentsUnavailableError, stripe } from "./stripe";

/**
 * How long a buyer has on the provider's page, from when the order was placed. The provider wants at least half an
 * hour; the rest is for a buyer whose first request had no answer.
 */
export const CHECKOUT_TTL_MINUTES = 35;

export interface UnpaidOrder {
  id: string;
  title: string;
  quantity: number;
  unitPriceMinor: number;
  currency: string;
  locale: string;
  createdAt: Date;
}

/**
 * Opens the provider's page for an order and notes where it is. The request is the same whenever and however often
 * it is sent, and carries the order's id as idempotency key: an order has one checkout.
 *
 * A crash before it is noted leaves an order without one. Its buyer never saw the page, so nobody can pay; the check
 * task gives the order up.
 *
 * @returns the page's address; null when the order was given up or paid meanwhile
 * @throws {AppError} unavailable: no answer, or the provider refuses; in the second case the order is given up at once
 */
export async function openCheckout(order: UnpaidOrder): Promise<string | null> {
  const session = await createSession(order);
  await failpoint("shop.checkout.opened");
  const { count } = await db().order.updateMany({
    where: { id: order.id, status: "pending" },
    data: { sessionId: session.id, checkoutUrl: session.url },
  });
  if (count === 1) {
    publishSubjectChanged(orderSubject(order.id));
    return session.url;
  }
  const current = await db().order.findUnique({
    where: { id: order.id },
    select: { sessionId: true, checkoutUrl: true },
  });
  // The same request, sent twice, was faster.
  if (current?.sessionId === session.id) return current.checkoutUrl;
  await closeAbandonedCheckout(session.id);
  return null;
}

/** Nobody has seen it, so it matters little that it may stay open for its half hour. */
async function closeAbandonedCheckout(sessionId: string): Promise<void> {
  try {
    await closeCheckout(sessionId);
  } catch (error) {
    log().warn({ err: error }, "the checkout of an order that was given up stays open until its end");
  }
}

async function createSession(order: UnpaidOrder): Promise<Stripe.Checkout.Session> {
  try {
    return await stripe().checkout.sessions.create(buildSessionParams(order), {
      idempotencyKey: `order-${order.id}`,
    });
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    // It is certain that there is no checkout, so the goods need not wait for the check task.
    if (isDefiniteRejection(error)) {
      log().error({ err: error, orderId: order.id }, "the payment provider refused to open a checkout");
      await transaction((tx) => failOrder(tx, order.id, { canStillPay: false }));
    }
    throw paymentsUnavailableError(error);
  }
}

/** Made of what never changes: the provider refuses another request under the same key. */
function buildSessionParams(order: UnpaidOrder): Stripe.Checkout.SessionCreateParams {
  const page = `${env().APP_URL}${links.order(order.id)}`;
  return {
    mode: "payment",
    client_reference_id: order.id,
    metadata: { orderId: order.id },
    payment_intent_data: { metadata: { orderId: order.id } },
    line_items: [
      {
        quantity: order.quantity,
        price_data: {
          currency: order.currency.toLowerCase(),
          unit_amount: order.unitPriceMinor,
          product_data: { name: order.title },
        },
      },
    ],
    locale: order.locale === "en" ? "en" : "ru",
    expires_at: Math.floor(order.createdAt.getTime() / 1_000) + CHECKOUT_TTL_MINUTES * 60,
    success_url: `${page}?checkout=done`,
    cancel_url: `${page}?checkout=cancelled`,
  };
}

/**
 * Lets nobody pay any more.
 * @returns false when the provider would not: it is over already, one way or the other
 * @throws when the provider does not answer
 */
export async function closeCheckout(sessionId: string): Promise<boolean> {
  try {
    await stripe().checkout.sessions.expire(sessionId, {}, { idempotencyKey: `expire-${sessionId}` });
    return true;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError) return false;
    throw error;
  }
}
