import { now } from "../core/clock";
import type { Entry } from "./envelope";
import { Sieve } from "./sieve";

/** What an invalidation names. */
export interface InvalidationTargets {
  /** `{namespace}:{key}` */
  readonly members: readonly string[];
  readonly tags: readonly string[];
}

/** How long this process believes its own memory without asking Redis: how far behind it may be. */
export const TRUST_MS = 1_000;
/** In characters of JSON; two to four times that in memory. */
const CAPACITY_CHARS = 16 * 1024 * 1024;
/** What an entry costs beside its value. */
const ENTRY_OVERHEAD_CHARS = 300;
/** Invalidations remembered one by one; with more, everything under way counts as invalidated. */
const MAX_TRACKED_INVALIDATIONS = 10_000;

interface HeldEntry {
  readonly entry: Entry;
  /** When it was surely current; ms since the epoch */
  confirmedMs: number;
}

/**
 * The cache in this process (L1), and its memory of invalidations: whoever read a value before one of
 * them must not put it here after it.
 */
export class Memory {
  private readonly held = new Sieve<HeldEntry>(CAPACITY_CHARS);
  private invalidationCount = 0;
  /** Member or tag -> number of the invalidation that last named it. */
  private readonly lastInvalidations = new Map<string, number>();
  private oldestTrackedEpoch = 0;

  /** How many invalidations there have been: ask before reading, give to `put` after. */
  get epoch(): number {
    return this.invalidationCount;
  }

  /** What is held and not past its stale window, however long ago it was confirmed. */
  get(member: string): Entry | undefined {
    return this.find(member)?.entry;
  }

  /** What may be served without asking Redis. */
  getTrusted(member: string): Entry | undefined {
    const found = this.find(member);
    if (!found) return undefined;
    const elapsedMs = now() - found.confirmedMs;
    return elapsedMs >= 0 && elapsedMs < TRUST_MS ? found.entry : undefined;
  }

  /**
   * Takes an entry, unless it was invalidated since it was read.
   *
   * @param epoch        as it was before the entry was read
   * @param confirmedMs  when the entry was surely current
   */
  put(member: string, entry: Entry, epoch: number, confirmedMs: number): void {
    if (this.isInvalidatedSince(member, entry.tags, epoch)) return;
    this.held.set(member, { entry, confirmedMs }, entry.size + ENTRY_OVERHEAD_CHARS);
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
      this.held.delete(member);
    }
    if (tags.length === 0) return;
    const tagSet = new Set(tags);
    for (const tag of tags) this.lastInvalidations.set(tagKey(tag), this.invalidationCount);
    for (const [member, { entry }] of this.held.entries()) {
      if (entry.tags.some((tag) => tagSet.has(tag))) this.held.delete(member);
    }
  }

  private find(member: string): HeldEntry | undefined {
    const found = this.held.get(member);
    if (!found) return undefined;
    if (ageMs(found.entry) < found.entry.ttlMs + found.entry.swrMs) return found;
    this.held.delete(member);
    return undefined;
  }
}

/** How old an entry is; a clock that is behind its maker's makes it no younger than new. */
export function ageMs(entry: Entry): number {
  return Math.max(0, now() - entry.createdMs);
}

/** Members and tags in one map without meeting. */
const memberKey = (member: string) => `m${member}`;
const tagKey = (tag: string) => `t${tag}`;
