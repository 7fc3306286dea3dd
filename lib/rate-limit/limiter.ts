import type { Redis } from "@upstash/redis";
import { z } from "zod";
import { now } from "../core/clock";
import { RedisUnavailableError } from "../redis/unavailable";
import type { LimitBucket, LimitStatus } from "./buckets";
import { type LocalTokens, ProcessLimiter } from "./process-limiter";
import { parseLimitReply, type SharedDecision, SharedLimiter } from "./shared-limiter";
import { recordDecision } from "./stats";

/** Result of a request for tokens. */
export interface LimitDecision {
  allowed: boolean;
  /** One per bucket; empty when the limiter failed. */
  statuses: LimitStatus[];
  /** `process`: decided without Redis, by this process. `open`: allowed because the limiter itself failed. */
  degraded: "process" | "open" | null;
}

/** A decision whose tokens can be put back when they turn out not to be used. */
export interface TokenReservation extends LimitDecision {
  /**
   * Puts the tokens back; does nothing when none were taken or on a second call. Never throws: if Redis is unavailable,
   * the token comes back when its window ends.
   */
  returnTokens(): Promise<void>;
}

interface PendingDecision extends LimitDecision {
  /** Tokens counted in this process; null when none were taken. */
  localTokens: LocalTokens | null;
  /** Milliseconds since the epoch. */
  requestedAt: number;
}

/** A reply of the SDK's requester. */
const lateReplySchema = z.object({ result: z.unknown() });

/**
 * Takes tokens in Redis, and when Redis does not reply in time, in this process (degraded). The two are reconciled:
 * tokens that this process took without Redis are sent to it with the caller's next request, and a late reply is
 * still applied.
 *
 * So in any window at most the limit passes while Redis replies, and at most the limit per process while it does
 * not. A token with an unknown outcome may be counted twice, but is never left out.
 */
export class Limiter {
  private readonly shared: SharedLimiter;
  private readonly local = new ProcessLimiter();

  constructor(redis: Redis) {
    this.shared = new SharedLimiter(redis);
  }

  /** Takes a token from each bucket, or from none. Does not throw when Redis fails. */
  async take(buckets: readonly LimitBucket[]): Promise<TokenReservation> {
    const { localTokens, requestedAt, ...decision } = await this.decide(buckets);
    recordDecision(buckets, decision);
    let unreturned = localTokens;
    const returnTokens = async () => {
      const takenAt = unreturned?.returnTokens() ?? [];
      unreturned = null;
      // A token that Redis took itself is stored under the time of the request.
      const returned = buckets.flatMap((bucket, index) => {
        const at = takenAt[index] ?? null;
        return at === null ? [] : [{ bucket, at: decision.degraded ? at : requestedAt }];
      });
      if (returned.length > 0) await this.shared.returnTokens(returned).catch(() => {});
    };
    return { ...decision, returnTokens };
  }

  private async decide(buckets: readonly LimitBucket[]): Promise<PendingDecision> {
    const requestedAt = now();
    const localStatuses = this.local.statuses(buckets, requestedAt);
    // Refused without a call: Redis refused before, or this process has taken all tokens.
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
    // Requests that this process decided without Redis meanwhile may have taken the last token.
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
    if (!localTokens) return { allowed: false, statuses, degraded: "process", localTokens };
    return { allowed: true, statuses: this.local.statuses(buckets, time), degraded: "process", localTokens };
  }

  /** Applies a reply that arrived after this process had decided the request. */
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
