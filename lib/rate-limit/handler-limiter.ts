import { Redis } from "@upstash/redis";
import { env } from "../core/env";
import { AppError } from "../core/errors";
import { redis } from "../redis";
import type { LimitRule } from "./buckets";
import { getRetryAfterSeconds } from "./limit-headers";
import type { TokenReservation } from "./limiter";
import { RuleLimiter } from "./rule-limiter";

/** One per process, like the gate's, but with the server's Redis client, its time limits and its metrics. */
let current: { redis: ReturnType<typeof redis>; limiter: RuleLimiter } | undefined;

function handlerLimiter(): RuleLimiter {
  const client = redis();
  if (current?.redis !== client) {
    const requester = client.withWait(env().REDIS_STRICT_TIMEOUT_MS);
    const limiter = new RuleLimiter({ redis: { exact: new Redis(requester), usual: client }, requester });
    current = { redis: client, limiter };
  }
  return current.limiter;
}

/**
 * Takes a token from each of the caller's buckets, or from none, in one script call. Without Redis this process decides,
 * with the same limits.
 */
export function takeTokens(rule: LimitRule, callerId: string): Promise<TokenReservation> {
  return handlerLimiter().take(rule, { callerId });
}

/**
 * Takes the tokens of {@link takeTokens}.
 * @throws {AppError} rate_limited, with `retryAfterSeconds`
 */
export async function requireTokens(rule: LimitRule, callerId: string): Promise<TokenReservation> {
  const reservation = await takeTokens(rule, callerId);
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
  rule: LimitRule,
  callerId: string,
  attempt: () => Promise<R>,
): Promise<R> {
  const { returnTokens } = await requireTokens(rule, callerId);
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
