import { Redis } from "@upstash/redis";
import { env } from "../core/env";
import { GuardedRedis } from "../redis/guarded-redis";
import { routeRule } from "./buckets";
import { anonymousCaller, limitedCaller } from "./limited-caller";
import type { LimitDecision } from "./limiter";
import { findPolicy } from "./policies";
import { isPrefetch } from "./prefetch";
import { RuleLimiter } from "./rule-limiter";
import { recordDecision } from "./stats";

/** A reply that is late for its request is still applied within this time. */
const LATE_REPLY_TIMEOUT_MS = 5_000;

/** One per process: a limiter per request would lose the process's tokens and its blocked callers. */
let limiter: RuleLimiter | undefined;

function edgeLimiter(): RuleLimiter {
  limiter ??= createEdgeLimiter();
  return limiter;
}

function createEdgeLimiter(): RuleLimiter {
  const strictTimeoutMs = env().REDIS_STRICT_TIMEOUT_MS;
  const client = new GuardedRedis({
    url: env().UPSTASH_REDIS_REST_URL,
    token: env().UPSTASH_REDIS_REST_TOKEN,
    // The longest time that a request waits: only a Redis that takes longer counts as unavailable.
    timeoutMs: strictTimeoutMs,
    firstCallTimeoutMs: env().REDIS_FIRST_CALL_TIMEOUT_MS,
    lateReply: { answerMs: LATE_REPLY_TIMEOUT_MS },
  });
  const exact = client.withWait(strictTimeoutMs);
  return new RuleLimiter({
    redis: { exact: new Redis(exact), usual: new Redis(client.withWait(env().REDIS_EDGE_TIMEOUT_MS)) },
    requester: exact,
    enableProtection: env().RATE_LIMIT_PROTECTION,
    analytics: env().RATE_LIMIT_ANALYTICS,
  });
}

/**
 * Takes a token from every bucket of a request. Never throws: without Redis this process decides, with the same
 * limits. If the limiter itself fails, the request is allowed and marked `degraded: open`, so that a bug in the gate
 * does not take the site down.
 *
 * @returns null when no limit applies
 */
export async function takeToken({ url, method, headers }: Request): Promise<LimitDecision | null> {
  try {
    const match = findPolicy(new URL(url).pathname, method, isPrefetch(headers));
    if (!match.policy) return null;
    const caller = match.by === "address" ? anonymousCaller(headers) : await limitedCaller(headers);
    return await edgeLimiter().take(routeRule(match), caller);
  } catch (error) {
    console.error("rate limiter failed: request allowed", error);
    const decision: LimitDecision = {
      allowed: true,
      statuses: [],
      degraded: "open",
      pending: Promise.resolve(),
    };
    recordDecision([], decision);
    return decision;
  }
}
