import { AppError } from "../core/errors";
import { redis } from "../redis";
import type { LimitBucket } from "./buckets";
import { getRetryAfterSeconds } from "./limit-headers";
import { Limiter, type TokenReservation } from "./limiter";

/** One a process, like the gate's: but with the server's client, its time limits and its counts. */
let current: { redis: ReturnType<typeof redis>; limiter: Limiter } | undefined;

function handlerLimiter(): Limiter {
  const client = redis();
  if (current?.redis !== client) current = { redis: client, limiter: new Limiter(client) };
  return current.limiter;
}

/**
 * Takes a token of each claim, in one script call. Without Redis this process decides, with the same numbers.
 * @throws {AppError} rate_limited, with the seconds until it is worth asking again
 */
export async function requireTokens(buckets: readonly LimitBucket[]): Promise<TokenReservation> {
  const reservation = await handlerLimiter().take(buckets);
  if (!reservation.allowed)
    throw new AppError("rate_limited", { retryAfterSeconds: getRetryAfterSeconds(reservation) });
  return reservation;
}

/**
 * Runs an attempt of which only failures count. The tokens are taken before it begins and given back when it
 * succeeds, so that any number of attempts at once are no more than the limit; counting failures afterwards would
 * let through all that come before the first has failed.
 *
 * A failure is an answer: an error below 500. An attempt that met an outage has told nobody anything.
 *
 * @throws {AppError} rate_limited, and then the attempt was not begun; else what the attempt throws
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
