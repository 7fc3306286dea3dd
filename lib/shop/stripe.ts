import Stripe from "stripe";
import { env } from "../core/env";
import { AppError } from "../core/errors";

/** A buyer waits for it. */
const REQUEST_TIMEOUT_MS = 8_000;
/** Safe, because every call that changes something carries an idempotency key. */
const MAX_RETRIES = 1;

/** The client of this process, and what it was made from. */
let cachedClient: { from: string; client: Stripe } | undefined;

/**
 * The payment provider's SDK, at the address the environment names.
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

/** What a buyer is told when the provider cannot be asked. */
export function paymentsUnavailableError(cause?: unknown): AppError {
  return new AppError("unavailable", {
    message: "payments_unavailable",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}

const RETRY_AFTER_SECONDS = 30;

/**
 * Whether the provider has certainly not done what it was asked: it refused the request itself. After no answer, a
 * 5xx, or a key that was used with other parameters nobody can say.
 */
export function isDefiniteRejection(error: unknown): error is Stripe.errors.StripeError {
  return (
    error instanceof Stripe.errors.StripeInvalidRequestError ||
    error instanceof Stripe.errors.StripeAuthenticationError ||
    error instanceof Stripe.errors.StripePermissionError
  );
}
