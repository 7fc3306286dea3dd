import type { Redis } from "@upstash/redis";
import { z } from "zod";
import { now } from "../core/clock";
import { RedisUnavailableError } from "../redis/guarded-redis";
import type { LimitBucket, LimitStatus } from "./buckets";
import { type LocalTokens, ProcessLimiter } from "./process-limiter";
import { parseLimitReply, type SharedDecision, SharedLimiter } from "./shared-limiter";
import { recordDecision } from "./stats";

/** What came of asking for a token. */
export interface LimitDecision {
  allowed: boolean;
  /** One for each limit that holds; empty when none could be looked at. */
  statuses: LimitStatus[];
  /** `process`: decided by this process alone. `open`: let through, because the limiter itself failed. */
  degraded: "process" | "open" | null;
}

/** What came of it, for who may find that a token was not used. */
export interface TokenReservation extends LimitDecision {
  /**
   * Gives the tokens back; does nothing where none was taken, nor the second time. Never throws: a token that Redis
   * could not be told of comes back with its window.
   */
  returnTokens(): Promise<void>;
}

interface PendingDecision extends LimitDecision {
  /** Here; null when nothing was taken. */
  localTokens: LocalTokens | null;
  /** ms since the epoch */
  requestedAt: number;
}

/** What the SDK's requester answers. */
const lateReplySchema = z.object({ result: z.unknown() });

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
  private readonly local = new ProcessLimiter();

  constructor(redis: Redis) {
    this.shared = new SharedLimiter(redis);
  }

  /** Takes a token of each claim, or none. Does not throw when Redis fails. */
  async take(buckets: readonly LimitBucket[]): Promise<TokenReservation> {
    const { localTokens, requestedAt, ...decision } = await this.decide(buckets);
    recordDecision(buckets, decision);
    let unreturned = localTokens;
    const returnTokens = async () => {
      const takenAt = unreturned?.returnTokens() ?? [];
      unreturned = null;
      // By its own word Redis has them under the time at which it was asked.
      const returned = buckets.flatMap((bucket, index) => {
        const at = takenAt[index] ?? null;
        return at === null ? [] : [{ claim: bucket, at: decision.degraded ? at : requestedAt }];
      });
      if (returned.length > 0) await this.shared.returnTokens(returned).catch(() => {});
    };
    return { ...decision, returnTokens };
  }

  private async decide(buckets: readonly LimitBucket[]): Promise<PendingDecision> {
    const requestedAt = now();
    const localStatuses = this.local.statuses(buckets, requestedAt);
    // Refused here without a call: Redis said so before, or this process let through all there is.
    if (isExhausted(localStatuses)) {
      const degraded = this.local.hasUnsynced(buckets, requestedAt) ? "process" : null;
      return { allowed: false, statuses: localStatuses, degraded, localTokens: null, requestedAt };
    }

    const unsynced = this.local.takeUnsynced(buckets, requestedAt);
    try {
      const sharedDecision = await this.shared.take(buckets, unsynced.serialized, requestedAt);
      return { ...this.applySharedDecision(sharedDecision, buckets), requestedAt };
    } catch (error) {
      const lateReply = error instanceof RedisUnavailableError ? error.lateReply : undefined;
      const decision = this.decideLocally(buckets);
      if (lateReply) {
        void this.reconcile(lateReply, buckets, requestedAt, unsynced.restore, () =>
          decision.localTokens?.confirm(),
        );
      } else unsynced.restore();
      return { ...decision, requestedAt };
    }
  }

  private applySharedDecision(
    sharedDecision: SharedDecision,
    buckets: readonly LimitBucket[],
  ): Omit<PendingDecision, "requestedAt"> {
    const time = now();
    // Requests that this process decided alone meanwhile may have had the last of it.
    const localTokens = sharedDecision.allowed ? this.local.add(buckets, time, 0) : null;
    const allowed = localTokens !== null;
    this.blockExhausted(sharedDecision, buckets, time);
    if (allowed || !sharedDecision.allowed) return { ...sharedDecision, degraded: null, localTokens };
    return { allowed, statuses: this.local.statuses(buckets, time), degraded: null, localTokens };
  }

  private decideLocally(buckets: readonly LimitBucket[]): Omit<PendingDecision, "requestedAt"> {
    const time = now();
    const statuses = this.local.statuses(buckets, time);
    const localTokens = isExhausted(statuses) ? null : this.local.add(buckets, time, 1);
    if (!localTokens) return { allowed: false, statuses: statuses, degraded: "process", localTokens };
    return { allowed: true, statuses: this.local.statuses(buckets, time), degraded: "process", localTokens };
  }

  /** Takes in an answer that came after the request had been decided here. */
  private async reconcile(
    lateReply: Promise<unknown>,
    buckets: readonly LimitBucket[],
    requestedAt: number,
    restoreUnsynced: () => void,
    confirmTokens: () => void,
  ): Promise<void> {
    try {
      const sharedDecision = parseLimitReply(
        lateReplySchema.parse(await lateReply).result,
        buckets,
        requestedAt,
      );
      if (sharedDecision.allowed) confirmTokens();
      else this.blockExhausted(sharedDecision, buckets, now());
    } catch {
      restoreUnsynced();
    }
  }

  private blockExhausted({ statuses }: SharedDecision, buckets: readonly LimitBucket[], time: number): void {
    for (const [index, bucket] of buckets.entries()) {
      const status = statuses[index];
      if (status?.remaining === 0) this.local.block(bucket, status.resetAt, time);
    }
  }
}

function isExhausted(statuses: readonly LimitStatus[]): boolean {
  return statuses.some(({ remaining }) => remaining === 0);
}
