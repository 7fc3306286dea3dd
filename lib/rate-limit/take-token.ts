import { env } from "../core/env";
import { GuardedRedis } from "../redis/guarded-redis";
import { claimsOf } from "./buckets";
import { limitedCaller, stranger } from "./limited-caller";
import { type Limited, Limiter } from "./limiter";
import { policyFor } from "./policies";
import { countDecision } from "./stats";

/** How long an answer that nobody waits for any more is still taken in. */
const LATE_ANSWER_MS = 5_000;

/** One a process: a limiter made for each request would forget what it let through and whom it blocked. */
let limiter: Limiter | undefined;

function processLimiter(): Limiter {
  limiter ??= new Limiter(
    new GuardedRedis({
      url: env().UPSTASH_REDIS_REST_URL,
      token: env().UPSTASH_REDIS_REST_TOKEN,
      timeoutMs: env().REDIS_EDGE_TIMEOUT_MS,
      firstCallTimeoutMs: env().REDIS_FIRST_CALL_TIMEOUT_MS,
      late: { answerMs: LATE_ANSWER_MS },
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
export async function takeToken(request: Request): Promise<Limited | null> {
  try {
    const { pattern, policy, by } = policyFor(new URL(request.url).pathname, request.method);
    if (!policy) return null;
    const caller = by === "address" ? stranger(request.headers) : await limitedCaller(request.headers);
    return await processLimiter().take(claimsOf(caller, pattern, policy));
  } catch (error) {
    console.error("The rate limiter failed; the request passes", error);
    const limited: Limited = { allowed: true, statuses: [], degraded: "open" };
    countDecision([], limited);
    return limited;
  }
}
