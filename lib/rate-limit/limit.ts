import { Ratelimit } from "@upstash/ratelimit";
import { env } from "../core/env";
import { GuardedRedis } from "../redis/guarded-redis";
import { keys } from "../redis/keys";
import { limitedCaller } from "./caller";
import { type Policy, policyFor } from "./policies";
import { ProcessLimiter, type Verdict } from "./process-limiter";

export interface Limited extends Verdict {
  policy: Policy;
}

interface Limiter {
  shared: Ratelimit;
  alone: ProcessLimiter;
}

/** Built once a process: a limiter made for each request would forget whom it has blocked. */
const limiters = new Map<string, Limiter>();
let redis: GuardedRedis | undefined;

function limiterOf(policy: Policy): Limiter {
  redis ??= new GuardedRedis({
    url: env().UPSTASH_REDIS_REST_URL,
    token: env().UPSTASH_REDIS_REST_TOKEN,
    timeoutMs: env().REDIS_EDGE_TIMEOUT_MS,
    firstCallTimeoutMs: env().REDIS_FIRST_CALL_TIMEOUT_MS,
  });
  let limiter = limiters.get(policy.name);
  if (!limiter) {
    limiter = {
      shared: new Ratelimit({
        redis,
        limiter: Ratelimit.slidingWindow(policy.limit, `${policy.windowSeconds} s`),
        prefix: keys.throttlePrefix(policy.name),
        ephemeralCache: new Map(),
        // The client has its own limit; the limiter's would let everybody through.
        timeout: 0,
      }),
      alone: new ProcessLimiter(policy),
    };
    limiters.set(policy.name, limiter);
  }
  return limiter;
}

/**
 * Takes one token for a request. Never throws: without Redis this process decides by itself, with the
 * same numbers.
 *
 * @returns null where no limit holds
 */
export async function takeToken(request: Request): Promise<Limited | null> {
  const { pattern, policy } = policyFor(new URL(request.url).pathname);
  if (!policy) return null;
  const caller = `${await limitedCaller(request.headers)}:${pattern}`;
  const { shared, alone } = limiterOf(policy);
  try {
    const { success, remaining, reset } = await shared.limit(caller);
    return { policy, allowed: success, remaining: Math.max(0, remaining), resetAt: reset, degraded: false };
  } catch {
    return { policy, ...alone.take(caller) };
  }
}
