import type { LimitBucket, LimitStatus } from "./buckets";
import { type Lease, leaseEnd } from "./lease";
import type { BucketReport, SharedStatus } from "./shared-limiter";
import { SlidingWindow, type WindowSlot } from "./sliding-window";

/**
 * A refusal without a call is checked again after this time: an operator's lifting of a limit is noticed by every process
 * within it. Windows of a minute need no check, since the process's own counts end with them.
 */
const MAX_REFUSAL_MS = 60_000;
/** Beyond this many keys the least recently used are evicted: memory is bounded, an attacker gains one window. */
const MAX_TRACKED_KEYS = 10_000;

/** The counts of this process that one call sends to Redis. Exactly one of the two methods is called, at its end. */
export interface CallReport {
  readonly buckets: readonly BucketReport[];
  /**
   * Corrects the counts of this process by a reply, before its token is counted: drops those that Redis has lost, and
   * lifts an earlier block if Redis gives a token.
   */
  correct(statuses: readonly SharedStatus[], isTaken: boolean): void;
  /** Applies the reply: the leases that Redis granted, and which callers to refuse without a call. */
  apply(statuses: readonly SharedStatus[], time: number): void;
  /**
   * Marks the tokens as unreported again after a call that failed or may have failed: counting twice is safer. The
   * leases that the call gave up have ended, whether Redis knows or not.
   */
  restore(): void;
}

/** Tokens that were counted in this process and whose outcome is not known yet. */
export interface LocalTokens {
  /** Marks the tokens as reported: a late reply shows that Redis has them. */
  confirm(): void;
  /**
   * Puts tokens that were not used back. Call it once.
   * @returns for each bucket, the time under which Redis has the token; null when Redis does not have it
   */
  returnTokens(): (number | null)[];
}

/**
 * Counts the tokens that this process has taken in the last window, with or without Redis. While Redis is
 * unavailable it decides; otherwise it refuses blocked callers and serves leases without a call. In all cases no process
 * allows more than the limit in any window.
 */
export class ProcessLimiter {
  private readonly slidingWindows = new Map<string, SlidingWindow>();

  /** The state of each bucket in this process. */
  statuses(buckets: readonly LimitBucket[], time: number): LimitStatus[] {
    return buckets.map((bucket) => {
      const slidingWindow = this.slidingWindowFor(bucket);
      return {
        policy: bucket.policy,
        remaining: slidingWindow.remaining(time),
        resetAt: slidingWindow.resetAt(time),
      };
    });
  }

  /**
   * Takes a token from each bucket.
   * @param unreported  1 when the token is not in Redis
   * @returns null when this process has taken all tokens of a bucket
   */
  add(buckets: readonly LimitBucket[], time: number, unreported: 0 | 1): LocalTokens | null {
    const slidingWindows = buckets.map((bucket) => this.slidingWindowFor(bucket));
    if (!slidingWindows.every((slidingWindow) => slidingWindow.hasCapacity(time))) return null;
    return trackTokens(
      slidingWindows.map((slidingWindow) => ({ slidingWindow, slot: slidingWindow.add(time, unreported) })),
      unreported,
    );
  }

  /**
   * Takes a token from the lease of each bucket.
   * @returns null when a bucket has no leased token: the request needs a call
   */
  takeLeased(
    buckets: readonly LimitBucket[],
    time: number,
  ): { localTokens: LocalTokens; statuses: LimitStatus[] } | null {
    const slidingWindows = buckets.map((bucket) => this.slidingWindowFor(bucket));
    if (!slidingWindows.every((slidingWindow) => slidingWindow.hasLeasedToken(time))) return null;
    const taken = slidingWindows.map((slidingWindow) => ({
      slidingWindow,
      slot: slidingWindow.takeLeasedToken(time),
    }));
    const statuses = buckets.map(({ policy }, index) => ({
      policy,
      remaining: slidingWindows[index]?.sharedRemaining(time) ?? 0,
      resetAt: slidingWindows[index]?.resetAt(time) ?? time,
    }));
    return { localTokens: trackTokens(taken, 1), statuses };
  }

  /**
   * Whether the caller is to be refused without a call: a bucket has no token left, and Redis was asked about it within
   * the last minute.
   */
  isRefused(buckets: readonly LimitBucket[], statuses: readonly LimitStatus[], time: number): boolean {
    return buckets.some(
      (bucket, index) =>
        statuses[index]?.remaining === 0 && !this.slidingWindowFor(bucket).isOutdated(time, MAX_REFUSAL_MS),
    );
  }

  /** Discards what this process knows of the buckets, unreported tokens and leases included. */
  reset(buckets: readonly LimitBucket[]): void {
    for (const { key } of buckets) this.slidingWindows.delete(key);
  }

  /** Whether any bucket has tokens that were taken without Redis and are not reported yet. */
  hasTakenAlone(buckets: readonly LimitBucket[], time: number): boolean {
    return buckets.some((bucket) => this.slidingWindowFor(bucket).hasTakenAlone(time));
  }

  /**
   * Collects what the next call sends to Redis: unreported tokens, which then count as reported, the leases, which end, and
   * how many tokens to reserve.
   */
  report(buckets: readonly LimitBucket[], time: number): CallReport {
    const isLeased = buckets.every(({ policy }) => policy.leased);
    const taken: { slot: WindowSlot; count: number }[] = [];
    const leasing: SlidingWindow[] = [];
    const settled: { slidingWindow: SlidingWindow; tokens: number }[] = [];
    const reports = buckets.map((bucket): BucketReport => {
      const slidingWindow = this.slidingWindowFor(bucket);
      settled.push({ slidingWindow, tokens: slidingWindow.startCall(time) });
      const unreported = slidingWindow.unreportedSlots(time).map((slot) => {
        const count = slot.unreported;
        taken.push({ slot, count });
        slot.unreported = 0;
        slot.reporting += count;
        return { at: slot.at, count };
      });
      const endedLease = slidingWindow.takeLease();
      const wanted = isLeased ? slidingWindow.startLeasing(time) : 0;
      if (wanted > 0) leasing.push(slidingWindow);
      return { unreported, endedLease, wanted };
    });
    const end = () => {
      for (const slidingWindow of leasing) slidingWindow.endLeasing();
      for (const { slot, count } of taken) slot.reporting -= count;
    };
    return {
      buckets: reports,
      correct: (statuses, isTaken) => {
        for (const [index, { slidingWindow, tokens }] of settled.entries()) {
          const status = statuses[index];
          if (!status) continue;
          const shared = status.policy.limit - status.remaining - status.reserved - (isTaken ? 1 : 0);
          if (shared < tokens) slidingWindow.dropLost(tokens - shared);
          if (isTaken) slidingWindow.liftBlock();
        }
      },
      apply: (statuses, appliedAt) => {
        end();
        for (const [index, bucket] of buckets.entries()) {
          const status = statuses[index];
          if (!status) continue;
          const slidingWindow = this.slidingWindowFor(bucket);
          slidingWindow.applyReply(status.remaining, grantLease(status, time), appliedAt);
          if (status.remaining === 0) slidingWindow.block(status.resetAt, appliedAt);
        }
      },
      restore: () => {
        end();
        for (const { slot, count } of taken) slot.unreported += count;
      },
    };
  }

  private slidingWindowFor({ key, policy }: LimitBucket): SlidingWindow {
    const slidingWindow =
      this.slidingWindows.get(key) ?? new SlidingWindow(policy.limit, policy.windowSeconds * 1000);
    // Move the key to the end: the first one is always the least recently used.
    this.slidingWindows.delete(key);
    this.slidingWindows.set(key, slidingWindow);
    if (this.slidingWindows.size > MAX_TRACKED_KEYS) {
      const oldest = this.slidingWindows.keys().next();
      if (!oldest.done) this.slidingWindows.delete(oldest.value);
    }
    return slidingWindow;
  }
}

function grantLease({ policy, reserved }: SharedStatus, requestedAt: number): Lease | null {
  if (reserved === 0) return null;
  return { from: requestedAt, until: leaseEnd(requestedAt, policy), size: reserved, used: 0 };
}

function trackTokens(
  taken: readonly { slidingWindow: SlidingWindow; slot: WindowSlot }[],
  unreported: 0 | 1,
): LocalTokens {
  let stillUnreported = unreported;
  return {
    confirm: () => {
      for (const { slot } of taken) slot.unreported = Math.max(0, slot.unreported - stillUnreported);
      stillUnreported = 0;
    },
    returnTokens: () => {
      const takenAt = taken.map(({ slidingWindow, slot }) =>
        slidingWindow.remove(slot, stillUnreported) ? slot.at : null,
      );
      stillUnreported = 0;
      return takenAt;
    },
  };
}
