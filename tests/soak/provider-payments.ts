import Stripe from "stripe";
import type { RunningStripe } from "@/local/stripe";

/** A client of the provider's API: for the invariants, and for refunds that begin at the provider. */
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

/** Successful payments with the sum of their successful refunds. */
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
 * Sends every `refund.created` event again, delivered or not. A refund that begins at the provider is reported only by
 * its events, and a fault may have dropped them; the real provider would retry for three days.
 */
export async function resendRefunds(provider: RunningStripe): Promise<void> {
  const events = stripeClient(provider).events.list({ limit: PAGE_SIZE, types: ["refund.created"] });
  const ids: string[] = [];
  for await (const { id } of events) ids.push(id);
  for (const id of ids) provider.resend(id);
}
