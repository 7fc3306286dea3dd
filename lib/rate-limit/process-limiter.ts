import type { Claim, Status } from "./buckets";
import { type Slot, Tally } from "./sliding-window";

/** Above this many keys the ones not used for longest go: memory is bounded, an attacker gains one window. */
const MOST_KEYS = 10_000;

/** Tokens that Redis is being told of. */
export interface Debt {
  /** For each claim, as the script wants it: `{ms}x{tokens} …`. */
  readonly told: readonly string[];
  /** The telling failed, or may have: they are owed again. Counted twice is better than not at all. */
  restore(): void;
}

/** Tokens that were counted here, until it is known what became of them. */
export interface Counted {
  /** Redis knew of them after all. */
  known(): void;
  /**
   * They were not used. Once only.
   * @returns for each claim, under which time Redis has the token; null where it has not been told of it
   */
  giveBack(): (number | null)[];
}

/**
 * What this process has let through in the last window, whoever decided it. While Redis is away it decides
 * alone; while it is there it keeps blocked callers from costing a call. Either way no process lets more
 * than the limit through in any window.
 */
export class ProcessLimiter {
  private readonly tallies = new Map<string, Tally>();

  /** How each limit stands here. */
  statuses(claims: readonly Claim[], time: number): Status[] {
    return claims.map((claim) => {
      const tally = this.tallyOf(claim);
      return { policy: claim.policy, remaining: tally.remaining(time), resetAt: tally.resetAt(time) };
    });
  }

  /**
   * Counts a token of each claim.
   * @param owed  1 when Redis does not know of it
   * @returns null when this process has let through all there is
   */
  add(claims: readonly Claim[], time: number, owed: 0 | 1): Counted | null {
    const tallies = claims.map((claim) => this.tallyOf(claim));
    if (!tallies.every((tally) => tally.hasRoom(time))) return null;
    const counted = tallies.map((tally) => ({ tally, slot: tally.add(time, owed) }));
    let isOwed: 0 | 1 = owed;
    return {
      known: () => {
        for (const { slot } of counted) slot.owed = Math.max(0, slot.owed - isOwed);
        isOwed = 0;
      },
      giveBack: () => {
        const told = counted.map(({ tally, slot }) => (tally.remove(slot, isOwed) ? slot.at : null));
        isOwed = 0;
        return told;
      },
    };
  }

  /** Keeps a caller away until then (ms since the epoch) without asking Redis. */
  block(claim: Claim, until: number, time: number): void {
    this.tallyOf(claim).block(until, time);
  }

  /** Whether any of these were taken without Redis' knowing. */
  owes(claims: readonly Claim[], time: number): boolean {
    return claims.some((claim) => this.tallyOf(claim).owing(time).length > 0);
  }

  /** Takes everything that is owed for these claims, to be told with one call. */
  takeDebt(claims: readonly Claim[], time: number): Debt {
    const taken: { slot: Slot; owed: number }[] = [];
    const told = claims.map((claim) =>
      this.tallyOf(claim)
        .owing(time)
        .map((slot) => {
          taken.push({ slot, owed: slot.owed });
          const text = `${slot.at}x${slot.owed} `;
          slot.owed = 0;
          return text;
        })
        .join(""),
    );
    return {
      told,
      restore: () => {
        for (const { slot, owed } of taken) slot.owed += owed;
      },
    };
  }

  private tallyOf({ key, policy }: Claim): Tally {
    const tally = this.tallies.get(key) ?? new Tally(policy.limit, policy.windowSeconds * 1000);
    // Put at the end: the first is always the one not used for longest.
    this.tallies.delete(key);
    this.tallies.set(key, tally);
    if (this.tallies.size > MOST_KEYS) {
      const oldest = this.tallies.keys().next();
      if (!oldest.done) this.tallies.delete(oldest.value);
    }
    return tally;
  }
}
