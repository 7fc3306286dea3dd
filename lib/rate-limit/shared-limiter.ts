import type { Redis } from "@upstash/redis";
import { z } from "zod";
import type { Claim, Status } from "./buckets";
import { giveBackTokensSource, takeTokensSource } from "./scripts";

export interface SharedAnswer {
  allowed: boolean;
  statuses: Status[];
}

const answerSchema = z.array(z.number().int()).min(1);

/** The limits that all processes share: one script call for all of a request's tokens. */
export class SharedLimiter {
  private readonly script: ReturnType<Redis["createScript"]>;
  private readonly giveBackScript: ReturnType<Redis["createScript"]>;

  /** @param redis  without retries: a call that is repeated takes two tokens */
  constructor(redis: Redis) {
    this.script = redis.createScript(takeTokensSource);
    this.giveBackScript = redis.createScript(giveBackTokensSource);
  }

  /**
   * Takes one token of each claim, or none.
   *
   * @param debts  for each claim, tokens that Redis has not been told of
   * @throws {RedisUnavailableError} also when the tokens may have been taken
   */
  async take(claims: readonly Claim[], debts: readonly string[], time: number): Promise<SharedAnswer> {
    const keys = claims.map(({ key }) => key);
    const args = claims.flatMap(({ policy }, index) => [
      String(policy.limit),
      String(policy.windowSeconds * 1000),
      debts[index] ?? "",
    ]);
    return readAnswer(await this.script.exec(keys, [String(time), ...args]), claims, time);
  }

  /**
   * Gives back one token of each.
   * @param taken  which, and when each was taken (ms)
   * @throws {RedisUnavailableError} also when they may have been given back
   */
  async giveBack(taken: readonly { claim: Claim; at: number }[]): Promise<void> {
    const keys = taken.map(({ claim }) => claim.key);
    const args = taken.flatMap(({ claim, at }) => [String(at), String(claim.policy.windowSeconds * 1000)]);
    await this.giveBackScript.exec(keys, args);
  }
}

/** @throws {z.ZodError} for what is not the script's answer */
export function readAnswer(raw: unknown, claims: readonly Claim[], time: number): SharedAnswer {
  const [taken, ...numbers] = answerSchema.length(1 + 2 * claims.length).parse(raw);
  const statuses = claims.map(({ policy }, index) => ({
    policy,
    remaining: numbers[index * 2] ?? 0,
    resetAt: time + (numbers[index * 2 + 1] ?? 0),
  }));
  return { allowed: taken === 1, statuses };
}
