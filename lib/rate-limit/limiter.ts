import type { Redis } from "@upstash/redis";
import { z } from "zod";
import { now } from "../core/clock";
import { RedisUnavailableError } from "../redis/unavailable";
import type { LimitBucket, LimitStatus } from "./buckets";
import { type CallReport, type LocalTokens, ProcessLimiter } from "./process-limiter";
import { parseLimitReply, type SharedDecision, SharedLimiter } from "./shared-limiter";

/** Result of a request for tokens. */
export interface LimitDecision {
  allowed: boolean;
  /** One per bucket; empty when the limiter failed. */
  statuses: LimitStatus[];
  /** `process`: decided without Redis, by this process. `open`: allowed because the limiter itself failed. */
  degraded: "process" | "open" | null;
  /** The caller is on a deny list. */
  denied?: true;
  /**
   * What goes on after the decision: a late reply of Redis, the library's analytics. Never rejects. At the edge the
   * instance must be kept alive for it (`waitUntil`).
   */
  pending: Promise<unknown>;
}

/** A decision whose tokens can be put back when they turn out not to be used. */
export interface TokenReservation extends LimitDecision {
  /**
   * Puts the tokens back; does nothing when none were taken or on a second call. Never throws: if Redis is unavailable,
   * the token comes back when its window ends.
   */
  returnTokens(): Promise<void>;
}

interface Decision extends Omit<LimitDecision, "pending"> {
  /** Tokens counted in this process; null when none were taken. */
  localTokens: LocalTokens | null;
}

interface TimedDecision extends Decision {
  /** Milliseconds since the epoch. */
  requestedAt: number;
  /** Resolves when a late reply has been applied. */
  pending: Promise<unknown>;
}

/** One client for each time that a request may wait. Neither repeats a call: it would take two tokens. */
export interface LimiterRedis {
  /** For buckets of which one is `exact`. */
  exact: Redis;
  usual: Redis;
}

const NOTHING_PENDING = Promise.resolve();

/** A reply of the SDK's requester. */
const lateReplySchema = z.object({ result: z.unknown() });

/**
 * Takes tokens in Redis, and when Redis does not reply in time, in this process (degraded). The two are reconciled:
 * tokens that this process took without a call are reported with the caller's next one, and a late reply is still
 * applied.
 *
 * A caller who keeps asking needs fewer calls: Redis reserves tokens for the requests to come (a lease, lease.ts), and
 * those are allowed without one.
 *
 * So in any window at most the limit passes while Redis replies, and at most the limit per process while it does
 * not. A token with an unknown outcome may be counted twice, but is never left out.
 */
export class Limiter {
  private readonly shared: { exact: SharedLimiter; usual: SharedLimiter };
  private readonly local = new ProcessLimiter();

  constructor({ exact, usual }: LimiterRedis) {
    this.shared = { exact: new SharedLimiter(exact), usual: new SharedLimiter(usual) };
  }

  /** Takes a token from each bucket, or from none. Does not throw when Redis fails. */
  async take(buckets: readonly LimitBucket[]): Promise<TokenReservation> {
    const { localTokens, requestedAt, ...decision } = await this.decide(buckets);
    let unreturned = localTokens;
    const returnTokens = async () => {
      const takenAt = unreturned?.returnTokens() ?? [];
      unreturned = null;
      // A token that Redis took itself is stored under the time of the request.
      const returned = buckets.flatMap((bucket, index) => {
        const at = takenAt[index] ?? null;
        return at === null ? [] : [{ bucket, at: decision.degraded ? at : requestedAt }];
      });
      if (returned.length > 0)
        await this.sharedFor(buckets)
          .returnTokens(returned)
          .catch(() => {});
    };
    return { ...decision, returnTokens };
  }

  /** The buckets as Redis has them, without taking a token. @throws {RedisUnavailableError} */
  read(buckets: readonly LimitBucket[]): Promise<LimitStatus[]> {
    return this.sharedFor(buckets).read(buckets, now());
  }

  /**
   * Gives the caller all tokens again. Another process that has refused the caller does so for a minute at most.
   * @throws {RedisUnavailableError}
   */
  async reset(buckets: readonly LimitBucket[]): Promise<void> {
    this.local.reset(buckets);
    await this.sharedFor(buckets).reset(buckets);
  }

  private sharedFor(buckets: readonly LimitBucket[]): SharedLimiter {
    return buckets.some(({ policy }) => policy.exact) ? this.shared.exact : this.shared.usual;
  }

  private async decide(buckets: readonly LimitBucket[]): Promise<TimedDecision> {
    const requestedAt = now();
    const leased = this.local.takeLeased(buckets, requestedAt);
    if (leased) return { allowed: true, ...leased, degraded: null, requestedAt, pending: NOTHING_PENDING };
    const localStatuses = this.local.statuses(buckets, requestedAt);
    // Refused without a call: Redis refused before, or this process has taken all tokens.
    if (this.local.isRefused(buckets, localStatuses, requestedAt)) {
      const degraded = this.local.hasTakenAlone(buckets, requestedAt) ? "process" : null;
      const refusal = { allowed: false, statuses: localStatuses, degraded, localTokens: null } as const;
      return { ...refusal, requestedAt, pending: NOTHING_PENDING };
    }

    const report = this.local.report(buckets, requestedAt);
    try {
      const sharedDecision = await this.sharedFor(buckets).take(buckets, report.buckets, requestedAt);
      const decision = this.applySharedDecision(sharedDecision, buckets, report);
      return { ...decision, requestedAt, pending: NOTHING_PENDING };
    } catch (error) {
      const lateReply = error instanceof RedisUnavailableError ? error.lateReply : undefined;
      const decision = this.decideLocally(buckets);
      if (!lateReply) report.restore();
      const pending = lateReply
        ? reconcile(lateReply, buckets, requestedAt, report, decision.localTokens)
        : NOTHING_PENDING;
      return { ...decision, requestedAt, pending };
    }
  }

  private applySharedDecision(
    { allowed: isTaken, statuses: sharedStatuses }: SharedDecision,
    buckets: readonly LimitBucket[],
    report: CallReport,
  ): Decision {
    const time = now();
    report.correct(sharedStatuses, isTaken);
    // Requests that this process decided without Redis meanwhile may have taken the last token.
    const localTokens = isTaken ? this.local.add(buckets, time, 0) : null;
    const allowed = localTokens !== null;
    report.apply(sharedStatuses, time);
    const statuses =
      allowed || !isTaken
        ? // What is reserved is left for this process.
          sharedStatuses.map(({ reserved, remaining, ...status }) => ({
            ...status,
            remaining: remaining + reserved,
          }))
        : this.local.statuses(buckets, time);
    return { allowed, statuses, degraded: null, localTokens };
  }

  private decideLocally(buckets: readonly LimitBucket[]): Decision {
    const time = now();
    const statuses = this.local.statuses(buckets, time);
    const localTokens = isExhausted(statuses) ? null : this.local.add(buckets, time, 1);
    if (!localTokens) return { allowed: false, statuses, degraded: "process", localTokens };
    return { allowed: true, statuses: this.local.statuses(buckets, time), degraded: "process", localTokens };
  }
}

/** Applies a reply that arrived after this process had decided the request. */
async function reconcile(
  lateReply: Promise<unknown>,
  buckets: readonly LimitBucket[],
  requestedAt: number,
  report: CallReport,
  localTokens: LocalTokens | null,
): Promise<void> {
  try {
    const { result } = lateReplySchema.parse(await lateReply);
    const { allowed, statuses } = parseLimitReply(result, buckets, requestedAt);
    if (allowed) localTokens?.confirm();
    report.apply(statuses, now());
  } catch {
    report.restore();
  }
}

function isExhausted(statuses: readonly LimitStatus[]): boolean {
  return statuses.some(({ remaining }) => remaining === 0);
}
