import type { Redis } from "@upstash/redis";
import { z } from "zod";
import type { LimitBucket, LimitStatus } from "./buckets";
import { returnTokensSource, takeTokensSource } from "./scripts";

export interface SharedDecision {
  allowed: boolean;
  statuses: LimitStatus[];
}

const replySchema = z.array(z.number().int()).min(1);

/** The limits that all processes share: one script call for all of a request's tokens. */
export class SharedLimiter {
  private readonly takeScript: ReturnType<Redis["createScript"]>;
  private readonly returnScript: ReturnType<Redis["createScript"]>;

  /** @param redis  without retries: a call that is repeated takes two tokens */
  constructor(redis: Redis) {
    this.takeScript = redis.createScript(takeTokensSource);
    this.returnScript = redis.createScript(returnTokensSource);
  }

  /**
   * Takes one token of each claim, or none.
   *
   * @param unsynced  for each claim, tokens that Redis has not been told of
   * @throws {RedisUnavailableError} also when the tokens may have been taken
   */
  async take(
    buckets: readonly LimitBucket[],
    unsynced: readonly string[],
    time: number,
  ): Promise<SharedDecision> {
    const keys = buckets.map(({ key }) => key);
    const args = buckets.flatMap(({ policy }, index) => [
      String(policy.limit),
      String(policy.windowSeconds * 1000),
      unsynced[index] ?? "",
    ]);
    return parseLimitReply(await this.takeScript.exec(keys, [String(time), ...args]), buckets, time);
  }

  /**
   * Gives back one token of each.
   * @param taken  which, and when each was taken (ms)
   * @throws {RedisUnavailableError} also when they may have been given back
   */
  async returnTokens(taken: readonly { claim: LimitBucket; at: number }[]): Promise<void> {
    const keys = taken.map(({ claim }) => claim.key);
    const args = taken.flatMap(({ claim, at }) => [String(at), String(claim.policy.windowSeconds * 1000)]);
    await this.returnScript.exec(keys, args);
  }
}

/** @throws {z.ZodError} for what is not the script's answer */
export function parseLimitReply(raw: unknown, buckets: readonly LimitBucket[], time: number): SharedDecision {
  const [takenFlag, ...numbers] = replySchema.length(1 + 2 * buckets.length).parse(raw);
  const statuses = buckets.map(({ policy }, index) => ({
    policy,
    remaining: numbers[index * 2] ?? 0,
    resetAt: time + (numbers[index * 2 + 1] ?? 0),
  }));
  return { allowed: takenFlag === 1, statuses };
}
