import Stripe from "stripe";
import { type RunningStripe, type StripeOptions, startStripe } from "@/local/stripe";
import { afterTest } from "./after-test";
import { type Received, startReceiver, type TestReceiver } from "./receiver";

export const SECRET_KEY = "sk_test_local_0123456789abcdef";
export const WEBHOOK_SECRET = "whsec_0123456789abcdef";
export const SUCCESS_URL = "http://shop.test/orders/1?session={CHECKOUT_SESSION_ID}";
export const CANCEL_URL = "http://shop.test/products/1";

export interface Harness {
  server: RunningStripe;
  sdk: Stripe;
  app: TestApp;
}

/** The app's webhook endpoint: records requests and verifies events with the official SDK. */
export interface TestApp extends TestReceiver {
  readonly events: Stripe.Event[];
}

export async function start(options: Partial<StripeOptions> = {}): Promise<Harness> {
  const app = await startApp();
  const server = await startStripe({
    dataDir: null,
    webhookUrl: `${app.url}/api/webhooks/payments`,
    secretKey: SECRET_KEY,
    webhookSecret: WEBHOOK_SECRET,
    lateMs: 50,
    ...options,
  });
  afterTest(() => server.close());
  return { server, app, sdk: sdkOf(server) };
}

export async function startApp(): Promise<TestApp> {
  const receiver = await startReceiver();
  afterTest(() => receiver.close());
  return Object.defineProperty(receiver, "events", { get: () => receiver.received.map(eventOf) }) as TestApp;
}

const verifier = new Stripe(SECRET_KEY);

/** @throws when the SDK rejects the signature */
export function eventOf({ text, headers }: Pick<Received, "text" | "headers">): Stripe.Event {
  return verifier.webhooks.constructEvent(text, String(headers["stripe-signature"]), WEBHOOK_SECRET);
}

export function sdkOf(server: RunningStripe, config: Stripe.StripeConfig = {}): Stripe {
  return new Stripe(SECRET_KEY, {
    host: "127.0.0.1",
    port: server.port,
    protocol: "http",
    maxNetworkRetries: 0,
    telemetry: false,
    ...config,
  });
}

/** Opens a session over 15.00 EUR with two line items. */
export function openSession(
  sdk: Stripe,
  given: Partial<Stripe.Checkout.SessionCreateParams> = {},
  options?: Stripe.RequestOptions,
): Promise<Stripe.Response<Stripe.Checkout.Session>> {
  return sdk.checkout.sessions.create(
    {
      mode: "payment",
      line_items: [lineItem("Night train, licence", 500, 2), lineItem("Night train, track", 500, 1)],
      success_url: SUCCESS_URL,
      cancel_url: CANCEL_URL,
      client_reference_id: "order-1",
      metadata: { orderId: "order-1" },
      payment_intent_data: { metadata: { orderId: "order-1" } },
      customer_email: "buyer@normaldance.test",
      ...given,
    },
    options,
  );
}

export function lineItem(name: string, amount: number, quantity: number, currency = "eur") {
  return { quantity, price_data: { currency, unit_amount: amount, product_data: { name } } };
}

/** Posts the form of the session's page. */
export function post(
  url: string | null,
  result: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url ?? "", {
    method: "POST",
    headers,
    body: new URLSearchParams({ result }),
    redirect: "manual",
  });
}

/** Opens and pays a session. */
export async function buy(harness: Harness, amount = 1500): Promise<{ sessionId: string; intentId: string }> {
  const session = await openSession(harness.sdk, { line_items: [lineItem("Track", amount, 1)] });
  await harness.server.simulateBuyer(session.id, "paid");
  const paid = await harness.sdk.checkout.sessions.retrieve(session.id);
  return { sessionId: session.id, intentId: String(paid.payment_intent) };
}
