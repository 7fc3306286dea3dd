import { Ratelimit, type RatelimitConfig } from "@upstash/ratelimit";
import { Redis, type Requester } from "@upstash/redis";
import { keys } from "../redis/keys";
import { type LimitRule, tightestFirst } from "./buckets";
import { LimitResponse, toReservation } from "./limit-response";
import type { LimitedCaller } from "./limited-caller";
import { Limiter, type LimiterRedis, type TokenReservation } from "./limiter";
import { recordDecision } from "./stats";

interface RuleLimiterOptions extends Pick<RatelimitConfig, "enableProtection" | "analytics"> {
  redis: LimiterRedis;
  /** For the commands of the library's options. */
  requester: Requester;
}

/**
 * The limiters of a process: one of @upstash/ratelimit for each rule, whose algorithm is ours. Prefix, deny lists and
 * analytics are the library's. Its own cache of blocked callers and its timeout are off: ours are bounded, and without
 * Redis they limit instead of letting everything pass.
 */
export class RuleLimiter {
  private readonly limiter: Limiter;
  private readonly ratelimits = new Map<LimitRule, Ratelimit>();

  constructor(private readonly options: RuleLimiterOptions) {
    this.limiter = new Limiter(options.redis);
  }

  /** Takes a token from each of the caller's buckets, or from none. Does not throw when Redis fails. */
  async take(rule: LimitRule, { callerId, ...traits }: LimitedCaller): Promise<TokenReservation> {
    const reservation = toReservation(await this.ratelimitFor(rule).limit(callerId, traits));
    recordDecision(rule(callerId), reservation);
    return reservation;
  }

  /** The library's limiter of a rule. */
  ratelimitFor(rule: LimitRule): Ratelimit {
    const { enableProtection = false, analytics = false, requester } = this.options;
    const ratelimit =
      this.ratelimits.get(rule) ??
      new Ratelimit({
        redis: new Redis(failOpen(requester)),
        limiter: createAlgorithm(this.limiter, rule),
        prefix: keys.throttlePrefix,
        enableProtection,
        analytics,
        ephemeralCache: false,
        timeout: 0,
        enableTelemetry: false,
      });
    this.ratelimits.set(rule, ratelimit);
    return ratelimit;
  }
}

/** Our algorithm for the library: a token of every bucket of the rule, or of none (lib/rate-limit/scripts.ts). */
function createAlgorithm(limiter: Limiter, rule: LimitRule): RatelimitConfig["limiter"] {
  const bucketsOf = ({ prefix }: { prefix: string }, identifier: string) =>
    rule(identifier.slice(prefix.length + 1));
  return () => ({
    limit: async (context, identifier) =>
      new LimitResponse(await limiter.take(bucketsOf(context, identifier))),
    getRemaining: async (context, identifier) => {
      const [tightest] = tightestFirst(await limiter.read(bucketsOf(context, identifier)));
      return {
        remaining: tightest?.remaining ?? 0,
        reset: tightest?.resetAt ?? 0,
        limit: tightest?.policy.limit ?? 0,
      };
    },
    resetTokens: (context, identifier) => limiter.reset(bucketsOf(context, identifier)),
  });
}

/** The reply to the library's deny list script that denies no caller and asks for no update. */
const NO_CALLER_DENIED = [[], -1];

/** Without Redis no caller is on a deny list: an option must not take the site down. */
function failOpen(requester: Requester): Requester {
  return {
    request: <T>(request: Parameters<Requester["request"]>[0]) =>
      requester.request<T>(request).catch(() => ({ result: NO_CALLER_DENIED as T })),
  };
}
