import Stripe from "stripe";
import { now } from "../core/clock";
import { db, type Transaction } from "../db";
import { closeCheckout } from "./checkout";
import { failOrder } from "./fail-order";
import { lockOrder } from "./lock-order";
import { enqueueOrderCheck, MAX_PAYMENT_DAYS, secondsUntilExpiry } from "./order-checks";
import { toPayment } from "./payment-events";
import { type Payment, recordPayment } from "./record-payment";
import { stripe } from "./stripe";

/** The payment provider's view of an order that is unpaid in Postgres. */
export type OrderCheck =
  /** No action: the order is paid, refunded, permanently failed or deleted. */
  | { kind: "nothing" }
  /** The checkout can no longer be paid; `sessionId` is null when none was opened. */
  | { kind: "over"; orderId: string; sessionId: string | null; createdAt: Date; round: number }
  | { kind: "paid"; payment: Payment }
  /** The buyer can still pay. */
  | { kind: "open"; orderId: string; createdAt: Date; round: number };

/** The `prepare` half: queries the provider, and closes the checkout after its time limit. Safe to retry. */
export async function checkOrder(orderId: string, round: number): Promise<OrderCheck> {
  const order = await db().order.findUnique({
    where: { id: orderId },
    select: { status: true, sessionId: true, checkoutUrl: true, createdAt: true },
  });
  const mayStillBePaid =
    order?.status === "pending" || (order?.status === "failed" && order.checkoutUrl !== null);
  if (!order || !mayStillBePaid) return { kind: "nothing" };
  const { sessionId, createdAt } = order;
  const expired = { kind: "over", orderId, sessionId, createdAt, round } as const;
  // A crash interrupted placing the order: its buyer never saw the payment page.
  if (sessionId === null) return expired;
  let session = await findSession(sessionId);
  if (session?.status === "open" && isCheckoutExpired(createdAt)) {
    if (await closeCheckout(sessionId)) return expired;
    session = await findSession(sessionId);
  }
  if (!session || session.status === "expired") return expired;
  const payment = toPayment(session);
  if (!payment && isPaymentOverdue(createdAt)) return expired;
  return payment ? { kind: "paid", payment } : { kind: "open", orderId, createdAt, round };
}

async function findSession(id: string): Promise<Stripe.Checkout.Session | null> {
  try {
    return await stripe().checkout.sessions.retrieve(id);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === "resource_missing")
      return null;
    throw error;
  }
}

/** The `commit` half: applies the result through the functions that payment events also use. */
export async function applyOrderCheck(tx: Transaction, check: OrderCheck): Promise<void> {
  switch (check.kind) {
    case "nothing":
      return;
    case "over": {
      const { orderId, sessionId } = check;
      const order = await lockOrder(tx, orderId);
      // A late retry of the buyer's request has opened a checkout since the query: check that one next.
      if (order && order.sessionId !== sessionId) return enqueueNextCheck(tx, check);
      return failOrder(tx, orderId, { canStillPay: false });
    }
    case "paid": {
      const outcome = await recordPayment(tx, check.payment);
      // The provider confirms the mismatch, so waiting cannot fix it: release the goods.
      if (outcome === "mismatch") await failOrder(tx, check.payment.orderId, { canStillPay: false });
      return;
    }
    case "open":
      return enqueueNextCheck(tx, check);
  }
}

async function enqueueNextCheck(
  tx: Transaction,
  { orderId: id, createdAt, round }: Extract<OrderCheck, { round: number }>,
): Promise<void> {
  await enqueueOrderCheck(tx, { id, createdAt }, round + 1);
}

/** Whether even a slow payment method would have settled by now. */
function isPaymentOverdue(createdAt: Date): boolean {
  return now() - createdAt.getTime() > MAX_PAYMENT_DAYS * 86_400_000;
}

/** Whether the checkout's time limit has passed. */
function isCheckoutExpired(createdAt: Date): boolean {
  return secondsUntilExpiry(createdAt) <= 0;
}
