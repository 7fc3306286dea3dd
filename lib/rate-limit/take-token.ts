import { env } from "../core/env";
import { GuardedRedis } from "../redis/guarded-redis";
import { bucketsFor } from "./buckets";
import { anonymousCaller, limitedCaller } from "./limited-caller";
import { type LimitDecision, Limiter } from "./limiter";
import { findPolicy } from "./policies";
import { recordDecision } from "./stats";

/** A reply that is late for its request is still applied within this time. */
const LATE_REPLY_TIMEOUT_MS = 5_000;

/** One per process: a limiter per request would lose the process's tokens and its blocked callers. */
let limiter: Limiter | undefined;

function edgeLimiter(): Limiter {
  limiter ??= new Limiter(
    new GuardedRedis({
      url: env().UPSTASH_REDIS_REST_URL,
      token: env().UPSTASH_REDIS_REST_TOKEN,
      timeoutMs: env().REDIS_EDGE_TIMEOUT_MS,
      firstCallTimeoutMs: env().REDIS_FIRST_CALL_TIMEOUT_MS,
      lateReply: { answerMs: LATE_REPLY_TIMEOUT_MS },
    }),
  );
  return limiter;
}

/**
 * Takes a token from every bucket of a request. Never throws: without Redis this process decides, with the same
 * limits. If the limiter itself fails, the request is allowed and marked `degraded: open`, so that a bug in the gate
 * does not take the site down.
 *
 * @returns null when no limit applies
 */
export async function takeToken(request: Request): Promise<LimitDecision | null> {
  try {
    const { pattern, policy, by } = findPolicy(new URL(request.url).pathname, request.method);
    if (!policy) return null;
    const caller = by === "address" ? anonymousCaller(request.headers) : await limitedCaller(request.headers);
    return await edgeLimiter().take(bucketsFor(caller, pattern, policy));
  } catch (error) {
    console.error("rate limiter failed: request allowed", error);
    const decision: LimitDecision = { allowed: true, statuses: [], degraded: "open" };
    recordDecision([], decision);
    return decision;
  }
}
