import { stripe } from "./stripe";

/** One call to the payment provider that changes nothing. @throws when it refuses or does not answer */
export async function pingPaymentProvider(): Promise<void> {
  await stripe().checkout.sessions.list({ limit: 1 });
}
