import type { Redis } from "@upstash/redis";
import { z } from "zod";
import type { LimitBucket, LimitStatus } from "./buckets";
import { type Lease, leaseEnd, reservableTokens } from "./lease";
import type { LimitPolicy } from "./policies";
import { returnTokensSource, takeTokensSource } from "./scripts";
import { SlidingWindow } from "./sliding-window";

/** A bucket as Redis has it. */
export interface SharedStatus extends LimitStatus {
  /** Tokens that Redis has reserved for this process; `remaining` does not include them. */
  reserved: number;
}

export interface SharedDecision {
  allowed: boolean;
  statuses: SharedStatus[];
}

/** The counts of one bucket in this process that a call sends to Redis. */
export interface BucketReport {
  /** Tokens that the process took since its last call. */
  unreported: readonly { at: number; count: number }[];
  /** The lease that the call gives up. */
  endedLease: Lease | null;
  /** Tokens that the process would like to have reserved. */
  wanted: number;
}

const replySchema = z.array(z.number().int()).min(1);

/** The buckets in Redis, shared by all processes: one script call for all tokens of a request. */
export class SharedLimiter {
  private readonly takeScript: ReturnType<Redis["createScript"]>;
  private readonly returnScript: ReturnType<Redis["createScript"]>;

  /** @param redis  a client without retries: a repeated call takes two tokens */
  constructor(private readonly redis: Redis) {
    this.takeScript = redis.createScript(takeTokensSource);
    this.returnScript = redis.createScript(returnTokensSource);
  }

  /**
   * Takes one token from each bucket, or from none. Atomic. Not safe to repeat.
   *
   * @param reports  one for each bucket
   * @throws {RedisUnavailableError} the tokens may have been taken, and the reports applied
   */
  async take(
    buckets: readonly LimitBucket[],
    reports: readonly BucketReport[],
    time: number,
  ): Promise<SharedDecision> {
    const keys = buckets.map(({ key }) => key);
    const args = buckets.flatMap(({ policy }, index) => {
      const { unreported = [], endedLease = null, wanted = 0 } = reports[index] ?? {};
      return [
        String(policy.limit),
        String(policy.windowSeconds * 1000),
        unreported.map(({ at, count }) => `${at}x${count} `).join(""),
        endedLease ? `${endedLease.until}r${endedLease.size} ` : "",
        String(wanted),
        String(leaseEnd(time, policy)),
        String(reservableTokens(policy)),
      ];
    });
    return parseLimitReply(await this.takeScript.exec(keys, [String(time), ...args]), buckets, time);
  }

  /**
   * Puts one token back into each bucket. Atomic. Not safe to repeat.
   * @param taken  the buckets, and when each token was taken (ms)
   * @throws {RedisUnavailableError} the tokens may have been put back
   */
  async returnTokens(taken: readonly { bucket: LimitBucket; at: number }[]): Promise<void> {
    const keys = taken.map(({ bucket }) => bucket.key);
    const args = taken.flatMap(({ bucket, at }) => [String(at), String(bucket.policy.windowSeconds * 1000)]);
    await this.returnScript.exec(keys, args);
  }

  /** The buckets at this time (ms), without taking tokens. What processes have reserved counts as taken. @throws {RedisUnavailableError} */
  async read(buckets: readonly LimitBucket[], time: number): Promise<LimitStatus[]> {
    const logs = await this.redis.mget<unknown[]>(buckets.map(({ key }) => key));
    return buckets.map(({ policy }, index) => readStatus(policy, logs[index], time));
  }

  /** Empties the buckets. Safe to repeat. @throws {RedisUnavailableError} */
  async reset(buckets: readonly LimitBucket[]): Promise<void> {
    await this.redis.del(...buckets.map(({ key }) => key));
  }
}

/** The state of a bucket at this time (ms), from its log in Redis; what processes have reserved counts as taken. */
export function readStatus(policy: LimitPolicy, log: unknown, time: number): LimitStatus {
  const slidingWindow = new SlidingWindow(policy.limit, policy.windowSeconds * 1000);
  for (const [, at, tokens] of String(log ?? "").matchAll(/(\d+)[xr](\d+) /g))
    for (let token = 0; token < Number(tokens); token += 1) slidingWindow.add(Number(at), 0);
  return {
    policy,
    remaining: Math.max(0, slidingWindow.remaining(time)),
    resetAt: slidingWindow.resetAt(time),
  };
}

/** @throws {z.ZodError} when the reply is not the script's */
export function parseLimitReply(raw: unknown, buckets: readonly LimitBucket[], time: number): SharedDecision {
  const [takenFlag, ...numbers] = replySchema.length(1 + 3 * buckets.length).parse(raw);
  const statuses = buckets.map(({ policy }, index) => {
    const [remaining = 0, wait = 0, reserved = 0] = numbers.slice(index * 3);
    return { policy, remaining, resetAt: time + wait, reserved };
  });
  return { allowed: takenFlag === 1, statuses };
}
