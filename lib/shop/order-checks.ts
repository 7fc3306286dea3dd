import { now } from "../core/clock";
import type { Transaction } from "../db";
import { backgroundTaskService, cancelUnpublished } from "../tasks";
import { CHECKOUT_TTL_MINUTES } from "./checkout";

/** When an unpaid order is checked at the provider; check-order.ts does it. */

/** Delay before each check of an unpaid order. Most orders are paid or abandoned within the first. */
const CHECK_DELAYS_SECONDS = [90, 180, 420, 900, 1_800, 3_600, 6 * 3_600];
/** Some payment methods settle days after the checkout; none takes longer than this. */
export const MAX_PAYMENT_DAYS = 14;

/** More than the rounds of that time. */
const MAX_CHECK_ROUNDS = CHECK_DELAYS_SECONDS.length + MAX_PAYMENT_DAYS * 4 + 1;
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
    { tx, key: checkKey(orderId, round), delaySeconds, awaitsSweep: true },
  );
}

/** Cancels the checks of an order that is paid, in the transaction that records the payment. */
export async function cancelOrderChecks(tx: Transaction, orderId: string): Promise<void> {
  const rounds = Array.from({ length: MAX_CHECK_ROUNDS }, (_, round) => checkKey(orderId, round));
  await cancelUnpublished(tx, "payments", rounds);
}

/** The first one is enqueued by the request that places the order. */
export const firstCheckKey = (orderId: string) => checkKey(orderId, 0);

const checkKey = (orderId: string, round: number) => `check:${orderId}:${round}`;

export function secondsUntilExpiry(createdAt: Date): number {
  return Math.ceil((createdAt.getTime() + CHECKOUT_TTL_MINUTES * 60_000 - now()) / 1_000);
}
