import type { Redis } from "@upstash/redis";
import { z } from "zod";
import { now } from "../core/clock";
import { RedisUnavailableError } from "../redis/guarded-redis";
import type { Claim, Status } from "./buckets";
import { type Counted, ProcessLimiter } from "./process-limiter";
import { readAnswer, type SharedAnswer, SharedLimiter } from "./shared-limiter";
import { countDecision } from "./stats";

/** What came of asking for a token. */
export interface Limited {
  allowed: boolean;
  /** One for each limit that holds; empty when none could be looked at. */
  statuses: Status[];
  /** `process`: decided by this process alone. `open`: let through, because the limiter itself failed. */
  degraded: "process" | "open" | null;
}

/** What came of it, for who may find that a token was not used. */
export interface Taken extends Limited {
  /**
   * Gives the tokens back; does nothing where none was taken, nor the second time. Never throws: a token that Redis
   * could not be told of comes back with its window.
   */
  giveBack(): Promise<void>;
}

interface Decided extends Limited {
  /** Here; null when nothing was taken. */
  counted: Counted | null;
  /** ms since the epoch */
  askedAt: number;
}

/** What the SDK's requester answers. */
const lateSchema = z.object({ result: z.unknown() });

/**
 * Takes tokens in Redis, and where Redis does not answer in time, in this process. The two are one account:
 * what was let through here without Redis is told to it with the caller's next token, and what Redis says
 * too late for the request it was asked for is still taken in.
 *
 * So in any window at most the limit passes while Redis answers, and at most the limit for each process
 * while it does not. An outcome that nobody ever learns is counted twice rather than not.
 */
export class Limiter {
  private readonly shared: SharedLimiter;
  private readonly own = new ProcessLimiter();

  constructor(redis: Redis) {
    this.shared = new SharedLimiter(redis);
  }

  /** Takes a token of each claim, or none. Does not throw when Redis fails. */
  async take(claims: readonly Claim[]): Promise<Taken> {
    const { counted, askedAt, ...limited } = await this.decide(claims);
    countDecision(claims, limited);
    let mine = counted;
    const giveBack = async () => {
      const told = mine?.giveBack() ?? [];
      mine = null;
      // By its own word Redis has them under the time at which it was asked.
      const given = claims.flatMap((claim, index) => {
        const at = told[index] ?? null;
        return at === null ? [] : [{ claim, at: limited.degraded ? at : askedAt }];
      });
      if (given.length > 0) await this.shared.giveBack(given).catch(() => {});
    };
    return { ...limited, giveBack };
  }

  private async decide(claims: readonly Claim[]): Promise<Decided> {
    const askedAt = now();
    const known = this.own.statuses(claims, askedAt);
    // Refused here without a call: Redis said so before, or this process let through all there is.
    if (isSpent(known)) {
      const degraded = this.own.owes(claims, askedAt) ? "process" : null;
      return { allowed: false, statuses: known, degraded, counted: null, askedAt };
    }

    const debt = this.own.takeDebt(claims, askedAt);
    try {
      const answer = await this.shared.take(claims, debt.told, askedAt);
      return { ...this.follow(answer, claims), askedAt };
    } catch (error) {
      const late = error instanceof RedisUnavailableError ? error.late : undefined;
      const decided = this.decideAlone(claims);
      if (late) {
        void this.reconcile(late, claims, askedAt, debt.restore, () => decided.counted?.known());
      } else debt.restore();
      return { ...decided, askedAt };
    }
  }

  private follow(answer: SharedAnswer, claims: readonly Claim[]): Omit<Decided, "askedAt"> {
    const time = now();
    // Requests that this process decided alone meanwhile may have had the last of it.
    const counted = answer.allowed ? this.own.add(claims, time, 0) : null;
    const allowed = counted !== null;
    this.blockSpent(answer, claims, time);
    if (allowed || !answer.allowed) return { ...answer, degraded: null, counted };
    return { allowed, statuses: this.own.statuses(claims, time), degraded: null, counted };
  }

  private decideAlone(claims: readonly Claim[]): Omit<Decided, "askedAt"> {
    const time = now();
    const before = this.own.statuses(claims, time);
    const counted = isSpent(before) ? null : this.own.add(claims, time, 1);
    if (!counted) return { allowed: false, statuses: before, degraded: "process", counted };
    return { allowed: true, statuses: this.own.statuses(claims, time), degraded: "process", counted };
  }

  /** Takes in an answer that came after the request had been decided here. */
  private async reconcile(
    late: Promise<unknown>,
    claims: readonly Claim[],
    askedAt: number,
    restoreDebt: () => void,
    redisKnew: () => void,
  ): Promise<void> {
    try {
      const answer = readAnswer(lateSchema.parse(await late).result, claims, askedAt);
      if (answer.allowed) redisKnew();
      else this.blockSpent(answer, claims, now());
    } catch {
      restoreDebt();
    }
  }

  private blockSpent({ statuses }: SharedAnswer, claims: readonly Claim[], time: number): void {
    for (const [index, claim] of claims.entries()) {
      const status = statuses[index];
      if (status?.remaining === 0) this.own.block(claim, status.resetAt, time);
    }
  }
}

function isSpent(statuses: readonly Status[]): boolean {
  return statuses.some(({ remaining }) => remaining === 0);
}
