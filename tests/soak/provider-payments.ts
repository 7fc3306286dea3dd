import Stripe from "stripe";
import type { RunningStripe } from "@/local/stripe";

/** The provider's API, for the invariants and for refunds that begin there. */
export function stripeClient({ url, secretKey }: RunningStripe): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(secretKey, {
    host: hostname,
    port,
    protocol: "http",
    telemetry: false,
    maxNetworkRetries: 3,
  });
}

export interface ProviderPayment {
  id: string;
  orderId: string;
  amountMinor: number;
  refundedMinor: number;
}

const PAGE_SIZE = 100;

/** Successful payments with their refunded amounts. */
export async function listProviderPayments(provider: RunningStripe): Promise<ProviderPayment[]> {
  const stripe = stripeClient(provider);
  const payments = new Map<string, ProviderPayment>();
  for await (const { id, status, amount_received, metadata } of stripe.paymentIntents.list({
    limit: PAGE_SIZE,
  })) {
    if (status !== "succeeded") continue;
    payments.set(id, {
      id,
      orderId: metadata.orderId ?? "",
      amountMinor: amount_received,
      refundedMinor: 0,
    });
  }
  for await (const { payment_intent, amount, status } of stripe.refunds.list({ limit: PAGE_SIZE })) {
    const payment = payments.get(typeof payment_intent === "string" ? payment_intent : "");
    if (payment && status === "succeeded") payment.refundedMinor += amount;
  }
  return [...payments.values()];
}

/**
 * Sends all refund events again. The provider retries undelivered ones for three days; a soak that dropped them
 * permanently would require what no contract promises, because a refund that begins at the provider is only reported by
 * its events.
 */
export async function resendRefunds(provider: RunningStripe): Promise<number> {
  let sent = 0;
  const undelivered = stripeClient(provider).events.list({
    limit: PAGE_SIZE,
    types: ["refund.created"],
    delivery_success: false,
  });
  const ids: string[] = [];
  for await (const { id } of undelivered) ids.push(id);
  const delivered = stripeClient(provider).events.list({ limit: PAGE_SIZE, types: ["refund.created"] });
  for await (const { id } of delivered) if (!ids.includes(id)) ids.push(id);
  for (const id of ids) {
    provider.resend(id);
    sent += 1;
  }
  return sent;
}
