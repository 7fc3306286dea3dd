import Stripe from "stripe";
import { db, type Transaction } from "../db";
import { enqueue } from "../tasks";
import { checkTask, isCheckoutOver, isPaymentOverdue } from "./check-schedule";
import { closeCheckout } from "./checkout";
import { failOrder } from "./fail-order";
import { lockOrder } from "./lock-order";
import { paymentOf } from "./payment-events";
import { type Payment, settlePaid } from "./record-payment";
import { stripe } from "./stripe";

/** What the provider says of an order that is not paid here. */
export type Finding =
  /** Nothing is to be done: paid, refunded, given up for good, or gone. */
  | { kind: "nothing" }
  /** Nobody can pay any more in this checkout; null: there was none. */
  | { kind: "over"; orderId: string; sessionId: string | null; createdAt: Date; round: number }
  | { kind: "paid"; payment: Payment }
  /** The buyer may still pay. */
  | { kind: "open"; orderId: string; createdAt: Date; round: number };

/** The outside half: asks the provider, and closes the checkout when its time is over. */
export async function askAboutOrder(orderId: string, round: number): Promise<Finding> {
  const order = await db().order.findUnique({
    where: { id: orderId },
    select: { status: true, sessionId: true, checkoutUrl: true, createdAt: true },
  });
  const mayBePaid = order?.status === "pending" || (order?.status === "failed" && order.checkoutUrl !== null);
  if (!order || !mayBePaid) return { kind: "nothing" };
  const { sessionId, createdAt } = order;
  const over = { kind: "over", orderId, sessionId, createdAt, round } as const;
  // Placing it was cut short, and its buyer never saw where to pay.
  if (sessionId === null) return over;
  let session = await findSession(sessionId);
  if (session?.status === "open" && isCheckoutOver(createdAt)) {
    if (await closeCheckout(sessionId)) return over;
    session = await findSession(sessionId);
  }
  if (!session || session.status === "expired") return over;
  const payment = paymentOf(session);
  if (!payment && isPaymentOverdue(createdAt)) return over;
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

/** The inside half: the same functions that events go through. */
export async function applyFinding(tx: Transaction, finding: Finding): Promise<void> {
  switch (finding.kind) {
    case "nothing":
      return;
    case "over": {
      const { orderId, sessionId } = finding;
      const order = await lockOrder(tx, orderId);
      // A late repeat of the buyer's request has opened a checkout since the provider was asked: look at that one.
      if (order && order.sessionId !== sessionId) return lookAgain(tx, finding);
      return failOrder(tx, orderId, { canStillPay: false });
    }
    case "paid": {
      const outcome = await settlePaid(tx, finding.payment);
      // The provider itself says that it is not what was asked for: nobody gets these goods by waiting.
      if (outcome === "mismatch") await failOrder(tx, finding.payment.orderId, { canStillPay: false });
      return;
    }
    case "open":
      return lookAgain(tx, finding);
  }
}

async function lookAgain(
  tx: Transaction,
  { orderId: id, createdAt, round }: Extract<Finding, { round: number }>,
): Promise<void> {
  await enqueue(tx, "payments", ...checkTask({ id, createdAt }, round + 1));
}
