import { env } from "../core/env";
import { GuardedRedis } from "../redis/guarded-redis";
import { bucketsFor } from "./buckets";
import { anonymousCaller, limitedCaller } from "./limited-caller";
import { type LimitDecision, Limiter } from "./limiter";
import { findPolicy } from "./policies";
import { recordDecision } from "./stats";

/** How long an answer that nobody waits for any more is still taken in. */
const LATE_REPLY_TIMEOUT_MS = 5_000;

/** One a process: a limiter made for each request would forget what it let through and whom it blocked. */
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
 * Takes a token of every limit that holds for a request. Never throws: without Redis this process decides by
 * itself, with the same numbers; and should the limiter itself fail, the request passes and the answer says
 * so. A gate that is broken must not close the house.
 *
 * @returns null where no limit holds
 */
export async function takeToken(request: Request): Promise<LimitDecision | null> {
  try {
    const { pattern, policy, by } = findPolicy(new URL(request.url).pathname, request.method);
    if (!policy) return null;
    const caller = by === "address" ? anonymousCaller(request.headers) : await limitedCaller(request.headers);
    return await edgeLimiter().take(bucketsFor(caller, pattern, policy));
  } catch (error) {
    console.error("The rate limiter failed; the request passes", error);
    const decision: LimitDecision = { allowed: true, statuses: [], degraded: "open" };
    recordDecision([], decision);
    return decision;
  }
}
