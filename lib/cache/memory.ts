import { now } from "../core/clock";
import type { Entry } from "./envelope";
import { Sieve } from "./sieve";

/** Entries that an invalidation removes. */
export interface InvalidationTargets {
  /** `{namespace}:{key}` */
  readonly members: readonly string[];
  readonly tags: readonly string[];
}

/** How long an entry in memory is served without a read of Redis, and so how stale it may be. */
export const TRUST_MS = 1_000;
/** In characters of JSON; the heap use is two to four times that. */
const CAPACITY_CHARS = 16 * 1024 * 1024;
/** Estimated cost of an entry besides its value. */
const ENTRY_OVERHEAD_CHARS = 300;
/** Invalidations tracked one by one; beyond this, every read in flight counts as invalidated. */
const MAX_TRACKED_INVALIDATIONS = 10_000;

interface MemoryEntry {
  readonly entry: Entry;
  /** Last time it was known to be current; ms since the epoch. */
  confirmedMs: number;
}

/**
 * The cache in this process (L1). It also tracks invalidations, so that a value read before one of them is not
 * stored after it.
 */
export class Memory {
  private readonly sieve = new Sieve<MemoryEntry>(CAPACITY_CHARS);
  private invalidationCount = 0;
  /** Member or tag -> number of the invalidation that last named it. */
  private readonly lastInvalidations = new Map<string, number>();
  private oldestTrackedEpoch = 0;

  /** Number of invalidations so far: take it before a read and pass it to `put`. */
  get epoch(): number {
    return this.invalidationCount;
  }

  /** The entry, unless it is past its stale window, regardless of when it was confirmed. */
  get(member: string): Entry | undefined {
    return this.find(member)?.entry;
  }

  /** The entry, if it may be served without a read of Redis. */
  getTrusted(member: string): Entry | undefined {
    const found = this.find(member);
    if (!found) return undefined;
    const elapsedMs = now() - found.confirmedMs;
    return elapsedMs >= 0 && elapsedMs < TRUST_MS ? found.entry : undefined;
  }

  /**
   * Stores an entry, unless it was invalidated since it was read.
   *
   * @param epoch        `epoch` before the entry was read
   * @param confirmedMs  last time the entry was known to be current; ms since the epoch
   */
  put(member: string, entry: Entry, epoch: number, confirmedMs: number): void {
    if (this.isInvalidatedSince(member, entry.tags, epoch)) return;
    this.sieve.set(member, { entry, confirmedMs }, entry.size + ENTRY_OVERHEAD_CHARS);
  }

  isInvalidatedSince(member: string, tags: readonly string[], epoch: number): boolean {
    if (epoch < this.oldestTrackedEpoch) return true;
    const isAfter = (name: string) => (this.lastInvalidations.get(name) ?? 0) > epoch;
    return isAfter(memberKey(member)) || tags.some((tag) => isAfter(tagKey(tag)));
  }

  invalidate({ members, tags }: InvalidationTargets): void {
    this.invalidationCount += 1;
    if (this.lastInvalidations.size + members.length + tags.length > MAX_TRACKED_INVALIDATIONS) {
      this.lastInvalidations.clear();
      this.oldestTrackedEpoch = this.invalidationCount;
    }
    for (const member of members) {
      this.lastInvalidations.set(memberKey(member), this.invalidationCount);
      this.sieve.delete(member);
    }
    if (tags.length === 0) return;
    const tagSet = new Set(tags);
    for (const tag of tags) this.lastInvalidations.set(tagKey(tag), this.invalidationCount);
    for (const [member, { entry }] of this.sieve.entries()) {
      if (entry.tags.some((tag) => tagSet.has(tag))) this.sieve.delete(member);
    }
  }

  private find(member: string): MemoryEntry | undefined {
    const found = this.sieve.get(member);
    if (!found) return undefined;
    if (ageMs(found.entry) < found.entry.ttlMs + found.entry.swrMs) return found;
    this.sieve.delete(member);
    return undefined;
  }
}

/** Age of an entry; 0 at least, for a clock that is behind that of the process that loaded it. */
export function ageMs(entry: Entry): number {
  return Math.max(0, now() - entry.createdMs);
}

/** Prefixes that keep members and tags apart in one map. */
const memberKey = (member: string) => `m${member}`;
const tagKey = (tag: string) => `t${tag}`;
