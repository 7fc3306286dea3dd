import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis";
import { RateLimiterRedis } from "rate-limiter-flexible";
import { routeRule } from "@/lib/rate-limit/buckets";
import { findPolicy } from "@/lib/rate-limit/policies";
import { RuleLimiter } from "@/lib/rate-limit/rule-limiter";
import { GuardedRedis } from "@/lib/redis/guarded-redis";

/** Takes the tokens of one request; true when it may pass. Throws the library's errors. */
export type LimitCheck = (person: string) => Promise<boolean>;

export const ALLOWED_REQUESTS = 100;
const WINDOW_SECONDS = 60;
const ROUTE = "/api/posts/1";

/** Each checks the same two limits: the route's 100 requests, and the person's 100 over all routes. */
export const contestants: Record<string, (url: string, token: string) => LimitCheck> = {
  "lib/rate-limit": (url, token) => {
    // The gate's default settings.
    const client = new GuardedRedis({
      url,
      token,
      timeoutMs: 1_000,
      firstCallTimeoutMs: 1_000,
      lateReply: { answerMs: 5_000 },
    });
    const exact = client.withWait(1_000);
    const limiter = new RuleLimiter({
      redis: { exact: new Redis(exact), usual: new Redis(client.withWait(50)) },
      requester: exact,
    });
    const rule = routeRule(findPolicy(ROUTE));
    return async (person) => (await limiter.take(rule, { callerId: `user-${person}` })).allowed;
  },
  "@upstash/ratelimit, sliding": (url, token) =>
    upstashLimiter(url, token, Ratelimit.slidingWindow(ALLOWED_REQUESTS, `${WINDOW_SECONDS} s`)),
  "@upstash/ratelimit, fixed": (url, token) =>
    upstashLimiter(url, token, Ratelimit.fixedWindow(ALLOWED_REQUESTS, `${WINDOW_SECONDS} s`)),
  "rate-limiter-flexible": (url, token) => {
    const redis = new Redis({ url, token, enableTelemetry: false });
    // The library needs a TCP client; this implements the one method it calls over Upstash's REST API.
    const storeClient = {
      eval: (script: string, { keys, arguments: args }: { keys: string[]; arguments: string[] }) =>
        redis.eval(script, keys, args),
    };
    const [route, own] = ["route", "person"].map(
      (keyPrefix) =>
        new RateLimiterRedis({
          storeClient,
          useRedisPackage: true,
          keyPrefix,
          points: ALLOWED_REQUESTS,
          duration: WINDOW_SECONDS,
        }),
    );
    return async (person) => {
      const outcomes = await Promise.allSettled([route?.consume(person), own?.consume(person)]);
      for (const outcome of outcomes) {
        if (outcome.status === "rejected" && outcome.reason instanceof Error) throw outcome.reason;
      }
      return outcomes.every(({ status }) => status === "fulfilled");
    };
  },
};

/** Two limiters that all requests share, as the library's documentation advises for its local cache (on by default). */
function upstashLimiter(
  url: string,
  token: string,
  limiter: ReturnType<typeof Ratelimit.slidingWindow>,
): LimitCheck {
  const redis = new Redis({ url, token, enableTelemetry: false });
  const [route, own] = ["route", "person"].map((prefix) => new Ratelimit({ redis, limiter, prefix }));
  return async (person) => {
    const results = await Promise.all([route?.limit(person), own?.limit(person)]);
    return results.every((result) => result?.success);
  };
}
