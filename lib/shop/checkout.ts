import Stripe from "stripe";
import { env } from "../core/env";
import { failpoint } from "../core/failpoint";
import { formatQuantity } from "../core/format";
import { log } from "../core/log";
import { db, transaction } from "../db";
import { moneyMinor } from "../schemas/bonus-price";
import { publishSubjectChanged } from "../tasks";
import { failOrder } from "./fail-order";
import { links } from "./links";
import { orderSubject } from "./lock-order";
import { isDefiniteRejection, paymentsUnavailableError, stripe } from "./stripe";

/**
 * Time limit for paying on the provider's page, counted from when the order was placed. The provider requires at
 * least 30 minutes; the rest is for a buyer who retries a request that got no response.
 */
export const CHECKOUT_TTL_MINUTES = 35;

export interface UnpaidOrder {
  id: string;
  title: string;
  quantity: number;
  unitPriceMinor: number;
  amountMinor: number;
  /** What bonuses pay of it; the provider takes the rest. */
  bonusMinor: number;
  currency: string;
  locale: string;
  createdAt: Date;
}

/**
 * Opens the provider's checkout for an order and stores its URL. Safe to retry: the request's parameters never change
 * and its idempotency key is made of the order's id, so an order has one checkout.
 *
 * A crash before the URL is stored leaves an order without one. Its buyer never saw the page and cannot pay; the check
 * task fails the order.
 *
 * @returns the checkout's URL; null when the order failed or was paid meanwhile
 * @throws {AppError} unavailable: no response, or the provider refused; a refusal also fails the order immediately
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
  // A concurrent duplicate of this request stored it first.
  if (current?.sessionId === session.id) return current.checkoutUrl;
  await closeAbandonedCheckout(session.id);
  return null;
}

/** Best effort: no buyer has seen this checkout, and it expires at its time limit anyway. */
async function closeAbandonedCheckout(sessionId: string): Promise<void> {
  try {
    await closeCheckout(sessionId);
  } catch (error) {
    log().warn({ err: error }, "abandoned checkout not closed: it stays open until its time limit");
  }
}

async function createSession(order: UnpaidOrder): Promise<Stripe.Checkout.Session> {
  try {
    return await stripe().checkout.sessions.create(buildSessionParams(order), {
      idempotencyKey: `order-${order.id}`,
    });
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    // No checkout exists, so the goods are released now and not by the check task.
    if (isDefiniteRejection(error)) {
      log().error({ err: error, orderId: order.id }, "checkout not opened: refused by the payment provider");
      await transaction((tx) => failOrder(tx, order.id, { canStillPay: false }));
    }
    throw paymentsUnavailableError(error);
  }
}

/** Built from immutable fields only: the provider rejects other parameters under the same idempotency key. */
function buildSessionParams(order: UnpaidOrder): Stripe.Checkout.SessionCreateParams {
  const page = `${env().APP_URL}${links.order(order.id)}`;
  return {
    mode: "payment",
    client_reference_id: order.id,
    metadata: { orderId: order.id },
    payment_intent_data: { metadata: { orderId: order.id } },
    line_items: [buildLineItem(order)],
    locale: order.locale === "en" ? "en" : "ru",
    expires_at: Math.floor(order.createdAt.getTime() / 1_000) + CHECKOUT_TTL_MINUTES * 60,
    success_url: `${page}?checkout=done`,
    cancel_url: `${page}?checkout=cancelled`,
  };
}

/** The units; with bonuses it is one item, since what is left of the price need not be a multiple of the quantity. */
function buildLineItem(order: UnpaidOrder): Stripe.Checkout.SessionCreateParams.LineItem {
  const currency = order.currency.toLowerCase();
  if (order.bonusMinor === 0) {
    return {
      quantity: order.quantity,
      price_data: { currency, unit_amount: order.unitPriceMinor, product_data: { name: order.title } },
    };
  }
  const name = formatQuantity(order.title, order.quantity);
  return { quantity: 1, price_data: { currency, unit_amount: moneyMinor(order), product_data: { name } } };
}

/**
 * Expires a checkout, so that it can no longer be paid. Safe to retry.
 * @returns false when the provider refuses, because the checkout is already paid or expired
 * @throws when the provider does not respond
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
