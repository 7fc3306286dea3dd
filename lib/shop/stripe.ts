import Stripe from "stripe";
import { env } from "../core/env";
import { AppError } from "../core/errors";

/** Time limit of one request; a buyer waits for it. */
const REQUEST_TIMEOUT_MS = 8_000;
/** Retries are safe: every call that changes something has an idempotency key. */
const MAX_RETRIES = 1;

/** This process's client, and the settings it was created from. */
let cachedClient: { from: string; client: Stripe } | undefined;

/**
 * The payment provider's SDK client, for the URL in the environment.
 * @throws {AppError} unavailable when the environment has no key: this deployment cannot sell
 */
export function stripe(): Stripe {
  const { STRIPE_SECRET_KEY: key, STRIPE_API_URL: address } = env();
  if (key === undefined) throw paymentsUnavailableError();
  const from = `${key} ${address}`;
  if (cachedClient?.from !== from) cachedClient = { from, client: createClient(key, new URL(address)) };
  return cachedClient.client;
}

function createClient(key: string, { protocol, hostname, port }: URL): Stripe {
  const isHttps = protocol === "https:";
  return new Stripe(key, {
    protocol: isHttps ? "https" : "http",
    host: hostname,
    port: port || (isHttps ? 443 : 80),
    timeout: REQUEST_TIMEOUT_MS,
    maxNetworkRetries: MAX_RETRIES,
    telemetry: false,
  });
}

/** One call to the payment provider that changes nothing. @throws when it refuses or does not answer */
export async function pingPaymentProvider(): Promise<void> {
  await stripe().checkout.sessions.list({ limit: 1 });
}

/** The error for a buyer when the provider is unavailable or not set up. */
export function paymentsUnavailableError(cause?: unknown): AppError {
  return new AppError("unavailable", {
    message: "payments_unavailable",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}

const RETRY_AFTER_SECONDS = 30;

/**
 * Whether the provider certainly did not execute a request, because it refused the request itself. After no response,
 * a 5xx, or a key reused with other parameters the outcome is unknown.
 */
export function isDefiniteRejection(error: unknown): error is Stripe.errors.StripeError {
  return (
    error instanceof Stripe.errors.StripeInvalidRequestError ||
    error instanceof Stripe.errors.StripeAuthenticationError ||
    error instanceof Stripe.errors.StripePermissionError
  );
}
