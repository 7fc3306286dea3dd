import Stripe from "stripe";
import { db, type Transaction } from "../db";
import { enqueue } from "../tasks";
import { checkTask, isCheckoutOver, isPaymentOverdue } from "./check-rounds";
import { closeCheckout } from "./checkout";
import { failOrder } from "./give-up";
import { paymentOf } from "./payment-events";
import { type Payment, settlePaid } from "./settle";
import { stripe } from "./stripe";

/** What the provider says of an order that is not paid here. */
export type Finding =
  /** Nothing is to be done: paid, refunded, given up for good, or gone. */
  | { kind: "nothing" }
  /** Nobody can pay any more. */
  | { kind: "over"; orderId: string }
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
  // Placing it was cut short, and its buyer never saw where to pay.
  if (order.sessionId === null) return { kind: "over", orderId };
  let session = await findSession(order.sessionId);
  if (session?.status === "open" && isCheckoutOver(order.createdAt)) {
    if (await closeCheckout(order.sessionId)) return { kind: "over", orderId };
    session = await findSession(order.sessionId);
  }
  if (!session || session.status === "expired") return { kind: "over", orderId };
  const payment = paymentOf(session);
  if (!payment && isPaymentOverdue(order.createdAt)) return { kind: "over", orderId };
  return payment ? { kind: "paid", payment } : { kind: "open", orderId, createdAt: order.createdAt, round };
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
    case "over":
      return failOrder(tx, finding.orderId, { canStillPay: false });
    case "paid": {
      const outcome = await settlePaid(tx, finding.payment);
      // The provider itself says that it is not what was asked for: nobody gets these goods by waiting.
      if (outcome === "mismatch") await failOrder(tx, finding.payment.orderId, { canStillPay: false });
      return;
    }
    case "open": {
      const { orderId: id, createdAt, round } = finding;
      await enqueue(tx, "payments", ...checkTask({ id, createdAt }, round + 1));
    }
  }
}
