import { now } from "../core/clock";
import type { EnqueueOptions, PayloadInput } from "../tasks";
import { CHECKOUT_TTL_MINUTES } from "./checkout";

/** Waits before each look at an order that is not paid; most are paid, or left, within the first. */
const CHECK_DELAYS_SECONDS = [90, 180, 420, 900, 1_800, 3_600, 6 * 3_600];
/** The provider's clock and ours differ a little. */
const CLOCK_SKEW_SECONDS = 15;

/** The task that asks the provider about an order, in the form `enqueue` wants it. */
export function buildCheckTask(
  { id: orderId, createdAt }: { id: string; createdAt: Date },
  round: number,
): [PayloadInput<"payments">, EnqueueOptions] {
  const roundDelay = CHECK_DELAYS_SECONDS[Math.min(round, CHECK_DELAYS_SECONDS.length - 1)] ?? 0;
  // The round that ends an open checkout comes soon after its end, whatever the steps are.
  const untilExpiry = secondsUntilExpiry(createdAt) + CLOCK_SKEW_SECONDS;
  const delaySeconds = untilExpiry > 0 ? Math.min(roundDelay, untilExpiry) : roundDelay;
  return [
    { action: "check", orderId, round },
    { key: `check:${orderId}:${round}`, delaySeconds },
  ];
}

/** Some ways to pay take days after the checkout; whatever has not come by then does not come. */
const MAX_PAYMENT_DAYS = 14;

/** Whether even a slow payment would be here. */
export function isPaymentOverdue(createdAt: Date): boolean {
  return now() - createdAt.getTime() > MAX_PAYMENT_DAYS * 86_400_000;
}

/** Whether the buyer's time is over. */
export function isCheckoutExpired(createdAt: Date): boolean {
  return secondsUntilExpiry(createdAt) <= 0;
}

function secondsUntilExpiry(createdAt: Date): number {
  return Math.ceil((createdAt.getTime() + CHECKOUT_TTL_MINUTES * 60_000 - now()) / 1_000);
}
