import { now } from "../core/clock";
import type { Transaction } from "../db";
import { backgroundTaskService } from "../tasks";
import { CHECKOUT_TTL_MINUTES } from "./checkout";

/** Delay before each check of an unpaid order. Most orders are paid or abandoned within the first. */
const CHECK_DELAYS_SECONDS = [90, 180, 420, 900, 1_800, 3_600, 6 * 3_600];
/** Allowance for clock differences between the provider and us. */
const CLOCK_SKEW_SECONDS = 15;

/** Enqueues the task that checks an order at the provider, in the transaction that leaves the order unpaid. */
export async function enqueueOrderCheck(
  tx: Transaction,
  { id: orderId, createdAt }: { id: string; createdAt: Date },
  round: number,
): Promise<void> {
  const roundDelay = CHECK_DELAYS_SECONDS[Math.min(round, CHECK_DELAYS_SECONDS.length - 1)] ?? 0;
  // The round that closes an open checkout runs soon after the checkout's time limit, even if the next delay is longer.
  const untilExpiry = secondsUntilExpiry(createdAt) + CLOCK_SKEW_SECONDS;
  const delaySeconds = untilExpiry > 0 ? Math.min(roundDelay, untilExpiry) : roundDelay;
  await backgroundTaskService.processPayment(
    { action: "check", orderId, round },
    { tx, key: `check:${orderId}:${round}`, delaySeconds },
  );
}

/** Some payment methods settle days after the checkout; none takes longer than this. */
const MAX_PAYMENT_DAYS = 14;

/** Whether even a slow payment method would have settled by now. */
export function isPaymentOverdue(createdAt: Date): boolean {
  return now() - createdAt.getTime() > MAX_PAYMENT_DAYS * 86_400_000;
}

/** Whether the checkout's time limit has passed. */
export function isCheckoutExpired(createdAt: Date): boolean {
  return secondsUntilExpiry(createdAt) <= 0;
}

function secondsUntilExpiry(createdAt: Date): number {
  return Math.ceil((createdAt.getTime() + CHECKOUT_TTL_MINUTES * 60_000 - now()) / 1_000);
}
