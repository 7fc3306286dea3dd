import type { LimitBucket, LimitStatus } from "./buckets";
import { SlidingWindow, type WindowSlot } from "./sliding-window";

/** Above this many keys the ones not used for longest go: memory is bounded, an attacker gains one window. */
const MAX_TRACKED_KEYS = 10_000;

/** Tokens that Redis is being told of. */
export interface UnsyncedTokens {
  /** For each claim, as the script wants it: `{ms}x{tokens} …`. */
  readonly serialized: readonly string[];
  /** The telling failed, or may have: they are owed again. Counted twice is better than not at all. */
  restore(): void;
}

/** Tokens that were counted here, until it is known what became of them. */
export interface LocalTokens {
  /** Redis knew of them after all. */
  confirm(): void;
  /**
   * They were not used. Once only.
   * @returns for each claim, under which time Redis has the token; null where it has not been told of it
   */
  returnTokens(): (number | null)[];
}

/**
 * What this process has let through in the last window, whoever decided it. While Redis is away it decides
 * alone; while it is there it keeps blocked callers from costing a call. Either way no process lets more
 * than the limit through in any window.
 */
export class ProcessLimiter {
  private readonly slidingWindows = new Map<string, SlidingWindow>();

  /** How each limit stands here. */
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
   * Counts a token of each claim.
   * @param unsynced  1 when Redis does not know of it
   * @returns null when this process has let through all there is
   */
  add(buckets: readonly LimitBucket[], time: number, unsynced: 0 | 1): LocalTokens | null {
    const slidingWindows = buckets.map((bucket) => this.slidingWindowFor(bucket));
    if (!slidingWindows.every((slidingWindow) => slidingWindow.hasCapacity(time))) return null;
    const takenSlots = slidingWindows.map((tally) => ({ tally, slot: tally.add(time, unsynced) }));
    let stillUnsynced: 0 | 1 = unsynced;
    return {
      confirm: () => {
        for (const { slot } of takenSlots) slot.unsynced = Math.max(0, slot.unsynced - stillUnsynced);
        stillUnsynced = 0;
      },
      returnTokens: () => {
        const takenAt = takenSlots.map(({ tally, slot }) =>
          tally.remove(slot, stillUnsynced) ? slot.at : null,
        );
        stillUnsynced = 0;
        return takenAt;
      },
    };
  }

  /** Keeps a caller away until then (ms since the epoch) without asking Redis. */
  block(bucket: LimitBucket, until: number, time: number): void {
    this.slidingWindowFor(bucket).block(until, time);
  }

  /** Whether any of these were taken without Redis' knowing. */
  hasUnsynced(buckets: readonly LimitBucket[], time: number): boolean {
    return buckets.some((bucket) => this.slidingWindowFor(bucket).unsyncedSlots(time).length > 0);
  }

  /** Takes everything that is owed for these claims, to be told with one call. */
  takeUnsynced(buckets: readonly LimitBucket[], time: number): UnsyncedTokens {
    const taken: { slot: WindowSlot; owed: number }[] = [];
    const serialized = buckets.map((bucket) =>
      this.slidingWindowFor(bucket)
        .unsyncedSlots(time)
        .map((slot) => {
          taken.push({ slot, owed: slot.unsynced });
          const text = `${slot.at}x${slot.unsynced} `;
          slot.unsynced = 0;
          return text;
        })
        .join(""),
    );
    return {
      serialized,
      restore: () => {
        for (const { slot, owed } of taken) slot.unsynced += owed;
      },
    };
  }

  private slidingWindowFor({ key, policy }: LimitBucket): SlidingWindow {
    const slidingWindow =
      this.slidingWindows.get(key) ?? new SlidingWindow(policy.limit, policy.windowSeconds * 1000);
    // Put at the end: the first is always the one not used for longest.
    this.slidingWindows.delete(key);
    this.slidingWindows.set(key, slidingWindow);
    if (this.slidingWindows.size > MAX_TRACKED_KEYS) {
      const oldest = this.slidingWindows.keys().next();
      if (!oldest.done) this.slidingWindows.delete(oldest.value);
    }
    return slidingWindow;
  }
}
