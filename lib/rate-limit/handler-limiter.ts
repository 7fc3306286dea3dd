import { AppError } from "../core/errors";
import { redis } from "../redis";
import type { LimitBucket } from "./buckets";
import { getRetryAfterSeconds } from "./limit-headers";
import { Limiter, type TokenReservation } from "./limiter";

/** One per process, like the gate's, but with the server's Redis client, its time limits and its metrics. */
let current: { redis: ReturnType<typeof redis>; limiter: Limiter } | undefined;

function handlerLimiter(): Limiter {
  const client = redis();
  if (current?.redis !== client) current = { redis: client, limiter: new Limiter(client) };
  return current.limiter;
}

/**
 * Takes a token from each bucket, in one script call. Without Redis this process decides, with the same limits.
 * @throws {AppError} rate_limited, with `retryAfterSeconds`
 */
export async function requireTokens(buckets: readonly LimitBucket[]): Promise<TokenReservation> {
  const reservation = await handlerLimiter().take(buckets);
  if (!reservation.allowed)
    throw new AppError("rate_limited", { retryAfterSeconds: getRetryAfterSeconds(reservation) });
  return reservation;
}

/**
 * Runs an attempt of which only failures count. The tokens are taken before it starts and returned when it succeeds,
 * so that concurrent attempts cannot exceed the limit; counting failures afterwards would allow every attempt that
 * starts before the first one has failed.
 *
 * A failure is an AppError with a status below 500. An attempt that fails in an outage reveals nothing and does not
 * count.
 *
 * @throws {AppError} rate_limited, without running the attempt; else what the attempt throws
 */
export async function withFailureLimit<R>(
  buckets: readonly LimitBucket[],
  attempt: () => Promise<R>,
): Promise<R> {
  const { returnTokens } = await requireTokens(buckets);
  let result: R;
  try {
    result = await attempt();
  } catch (error) {
    if (!(error instanceof AppError && error.status < 500)) await returnTokens();
    throw error;
  }
  await returnTokens();
  return result;
}
