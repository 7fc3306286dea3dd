import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis";
import { RateLimiterRedis } from "rate-limiter-flexible";
import { bucketsFor } from "@/lib/rate-limit/buckets";
import { Limiter } from "@/lib/rate-limit/limiter";
import { findPolicy } from "@/lib/rate-limit/policies";
import { GuardedRedis } from "@/lib/redis/guarded-redis";

/** Takes the tokens of one request; true when it may pass. Throws the library's errors. */
export type LimitCheck = (person: string) => Promise<boolean>;

export const ALLOWED_REQUESTS = 100;
const WINDOW_SECONDS = 60;
const ROUTE = "/api/posts/1";

/** Each checks the same two limits: the route's 100 requests, and the person's 100 over all routes. */
export const contestants: Record<string, (url: string, token: string) => LimitCheck> = {
  "lib/rate-limit": (url, token) => {
    const limiter = new Limiter(
      new GuardedRedis({
        url,
        token,
        // The gate's default settings.
        timeoutMs: 50,
        firstCallTimeoutMs: 1_000,
        lateReply: { answerMs: 5_000 },
      }),
    );
    const { pattern, policy } = findPolicy(ROUTE);
    if (!policy) throw new Error("the route has no limit");
    return async (person) => {
      const buckets = bucketsFor({ callerId: `user-${person}`, isSignedIn: true }, pattern, policy);
      return (await limiter.take(buckets)).allowed;
    };
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
