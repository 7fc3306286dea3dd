import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis";
import { RateLimiterRedis } from "rate-limiter-flexible";
import { claimsOf } from "@/lib/rate-limit/buckets";
import { Limiter } from "@/lib/rate-limit/limiter";
import { policyFor } from "@/lib/rate-limit/policies";
import { GuardedRedis } from "@/lib/redis/guarded-redis";

/** Takes what one request of a person needs; true when it may pass. Throws what the library throws. */
export type Ask = (person: string) => Promise<boolean>;

export const LIMIT = 100;
const WINDOW_SECONDS = 60;
const ROUTE = "/api/posts/1";

/** Each answers the same question: has this person something left of the route's 100 and of their own 100? */
export const contestants: Record<string, (url: string, token: string) => Ask> = {
  "lib/rate-limit": (url, token) => {
    const limiter = new Limiter(
      new GuardedRedis({
        url,
        token,
        timeoutMs: 50,
        firstCallTimeoutMs: 1_000,
        late: { answerMs: 5_000 },
      }),
    );
    const { pattern, policy } = policyFor(ROUTE);
    if (!policy) throw new Error("the route has no limit");
    return async (person) => {
      const claims = claimsOf({ who: `user-${person}`, isPerson: true }, pattern, policy);
      return (await limiter.take(claims)).allowed;
    };
  },
  "@upstash/ratelimit, sliding": (url, token) => upstash(url, token, Ratelimit.slidingWindow(LIMIT, "60 s")),
  "@upstash/ratelimit, fixed": (url, token) => upstash(url, token, Ratelimit.fixedWindow(LIMIT, "60 s")),
  "rate-limiter-flexible": (url, token) => {
    const redis = new Redis({ url, token, enableTelemetry: false });
    // It wants a client over TCP; this is what of it the library calls, over Upstash's REST.
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
          points: LIMIT,
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

/** As its documentation shows it: two limiters at module scope, with their default local cache. */
function upstash(url: string, token: string, limiter: ReturnType<typeof Ratelimit.slidingWindow>): Ask {
  const redis = new Redis({ url, token, enableTelemetry: false });
  const [route, own] = ["route", "person"].map((prefix) => new Ratelimit({ redis, limiter, prefix }));
  return async (person) => {
    const answers = await Promise.all([route?.limit(person), own?.limit(person)]);
    return answers.every((answer) => answer?.success);
  };
}
