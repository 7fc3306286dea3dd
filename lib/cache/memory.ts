import { now } from "../core/clock";
import type { Entry } from "./envelope";
import { Sieve } from "./sieve";

/** What an invalidation names. */
export interface Targets {
  /** `{namespace}:{key}` */
  readonly members: readonly string[];
  readonly tags: readonly string[];
}

/** How long this process believes its own memory without asking Redis: how far behind it may be. */
export const TRUST_MS = 1_000;
/** In characters of JSON; two to four times that in memory. */
const CAPACITY = 16 * 1024 * 1024;
/** What an entry costs beside its value. */
const OVERHEAD = 300;
/** Invalidations remembered one by one; with more, everything under way counts as invalidated. */
const MOST_DROPS = 10_000;

interface Held {
  readonly entry: Entry;
  /** When it was surely current; ms since the epoch */
  confirmedMs: number;
}

/**
 * The cache in this process (L1), and its memory of invalidations: whoever read a value before one of
 * them must not put it here after it.
 */
export class Memory {
  private readonly held = new Sieve<Held>(CAPACITY);
  private count = 0;
  /** Member or tag -> number of the invalidation that last named it. */
  private readonly drops = new Map<string, number>();
  private forgotten = 0;

  /** How many invalidations there have been: ask before reading, give to `put` after. */
  get epoch(): number {
    return this.count;
  }

  /** What is held and not past its stale window, however long ago it was confirmed. */
  get(member: string): Entry | undefined {
    return this.find(member)?.entry;
  }

  /** What may be served without asking Redis. */
  getTrusted(member: string): Entry | undefined {
    const found = this.find(member);
    if (!found) return undefined;
    const since = now() - found.confirmedMs;
    return since >= 0 && since < TRUST_MS ? found.entry : undefined;
  }

  /**
   * Takes an entry, unless it was invalidated since it was read.
   *
   * @param epoch        as it was before the entry was read
   * @param confirmedMs  when the entry was surely current
   */
  put(member: string, entry: Entry, epoch: number, confirmedMs: number): void {
    if (this.droppedSince(member, entry.tags, epoch)) return;
    this.held.set(member, { entry, confirmedMs }, entry.size + OVERHEAD);
  }

  droppedSince(member: string, tags: readonly string[], epoch: number): boolean {
    if (epoch < this.forgotten) return true;
    const after = (name: string) => (this.drops.get(name) ?? 0) > epoch;
    return after(memberName(member)) || tags.some((tag) => after(tagName(tag)));
  }

  drop({ members, tags }: Targets): void {
    this.count += 1;
    if (this.drops.size + members.length + tags.length > MOST_DROPS) {
      this.drops.clear();
      this.forgotten = this.count;
    }
    for (const member of members) {
      this.drops.set(memberName(member), this.count);
      this.held.delete(member);
    }
    if (tags.length === 0) return;
    const named = new Set(tags);
    for (const tag of tags) this.drops.set(tagName(tag), this.count);
    for (const [member, { entry }] of this.held.entries()) {
      if (entry.tags.some((tag) => named.has(tag))) this.held.delete(member);
    }
  }

  private find(member: string): Held | undefined {
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
const memberName = (member: string) => `m${member}`;
const tagName = (tag: string) => `t${tag}`;
