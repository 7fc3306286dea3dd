import { now } from "../core/clock";
import type { EnqueueOptions, PayloadInput } from "../tasks";
import { CHECKOUT_MINUTES } from "./checkout";

/** Waits before each look at an order that is not paid; most are paid, or left, within the first. */
const WAITS_SECONDS = [90, 180, 420, 900, 1_800, 3_600, 6 * 3_600];
/** The provider's clock and ours differ a little. */
const MARGIN_SECONDS = 15;

/** The task that asks the provider about an order, in the form `enqueue` wants it. */
export function checkTask(
  { id: orderId, createdAt }: { id: string; createdAt: Date },
  round: number,
): [PayloadInput<"payments">, EnqueueOptions] {
  const wait = WAITS_SECONDS[Math.min(round, WAITS_SECONDS.length - 1)] ?? 0;
  // The round that ends an open checkout comes soon after its end, whatever the steps are.
  const untilEnd = secondsLeft(createdAt) + MARGIN_SECONDS;
  const delaySeconds = untilEnd > 0 ? Math.min(wait, untilEnd) : wait;
  return [
    { action: "check", orderId, round },
    { key: `check:${orderId}:${round}`, delaySeconds },
  ];
}

/** Some ways to pay take days after the checkout; whatever has not come by then does not come. */
const SLOWEST_PAYMENT_DAYS = 14;

/** Whether even a slow payment would be here. */
export function isPaymentOverdue(createdAt: Date): boolean {
  return now() - createdAt.getTime() > SLOWEST_PAYMENT_DAYS * 86_400_000;
}

/** Whether the buyer's time is over. */
export function isCheckoutOver(createdAt: Date): boolean {
  return secondsLeft(createdAt) <= 0;
}

function secondsLeft(createdAt: Date): number {
  return Math.ceil((createdAt.getTime() + CHECKOUT_MINUTES * 60_000 - now()) / 1_000);
}
