import type { LimitBucket, LimitStatus } from "./buckets";
import { SlidingWindow, type WindowSlot } from "./sliding-window";

/** Beyond this many keys the least recently used are evicted: memory is bounded, an attacker gains one window. */
const MAX_TRACKED_KEYS = 10_000;

/** Tokens that are being sent to Redis. */
export interface UnsyncedTokens {
  /** For each bucket, in the script's format: `{ms}x{tokens} …`. */
  readonly serialized: readonly string[];
  /** Marks the tokens as unsynced again after a call that failed or may have failed: counting twice is safer. */
  restore(): void;
}

/** Tokens that were counted in this process and whose outcome is not known yet. */
export interface LocalTokens {
  /** Marks the tokens as synced: a late reply shows that Redis has them. */
  confirm(): void;
  /**
   * Puts tokens that were not used back. Call it once.
   * @returns for each bucket, the time under which Redis has the token; null when Redis does not have it
   */
  returnTokens(): (number | null)[];
}

/**
 * Counts the tokens that this process has taken in the last window, with or without Redis. While Redis is
 * unavailable it decides; otherwise it refuses blocked callers without a call. In both cases no process allows
 * more than the limit in any window.
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
   * @param unsynced  1 when the token is not in Redis
   * @returns null when this process has taken all tokens of a bucket
   */
  add(buckets: readonly LimitBucket[], time: number, unsynced: 0 | 1): LocalTokens | null {
    const slidingWindows = buckets.map((bucket) => this.slidingWindowFor(bucket));
    if (!slidingWindows.every((slidingWindow) => slidingWindow.hasCapacity(time))) return null;
    const takenSlots = slidingWindows.map((slidingWindow) => ({
      slidingWindow,
      slot: slidingWindow.add(time, unsynced),
    }));
    let stillUnsynced: 0 | 1 = unsynced;
    return {
      confirm: () => {
        for (const { slot } of takenSlots) slot.unsynced = Math.max(0, slot.unsynced - stillUnsynced);
        stillUnsynced = 0;
      },
      returnTokens: () => {
        const takenAt = takenSlots.map(({ slidingWindow, slot }) =>
          slidingWindow.remove(slot, stillUnsynced) ? slot.at : null,
        );
        stillUnsynced = 0;
        return takenAt;
      },
    };
  }

  /** Refuses the caller without a Redis call until then (ms since the epoch). */
  block(bucket: LimitBucket, until: number, time: number): void {
    this.slidingWindowFor(bucket).block(until, time);
  }

  /** Discards what this process knows of the buckets, unsynced tokens included. */
  reset(buckets: readonly LimitBucket[]): void {
    for (const { key } of buckets) this.slidingWindows.delete(key);
  }

  /** Whether any bucket has tokens that are not in Redis yet. */
  hasUnsynced(buckets: readonly LimitBucket[], time: number): boolean {
    return buckets.some((bucket) => this.slidingWindowFor(bucket).unsyncedSlots(time).length > 0);
  }

  /** Collects the buckets' unsynced tokens to send them with the next call, and marks them as synced. */
  takeUnsynced(buckets: readonly LimitBucket[], time: number): UnsyncedTokens {
    const taken: { slot: WindowSlot; count: number }[] = [];
    const serialized = buckets.map((bucket) =>
      this.slidingWindowFor(bucket)
        .unsyncedSlots(time)
        .map((slot) => {
          taken.push({ slot, count: slot.unsynced });
          const text = `${slot.at}x${slot.unsynced} `;
          slot.unsynced = 0;
          return text;
        })
        .join(""),
    );
    return {
      serialized,
      restore: () => {
        for (const { slot, count } of taken) slot.unsynced += count;
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
