import { now } from "../core/clock";

/** A cached value with its metadata. Immutable, because all readers share it. */
export interface Entry {
  /** New for each stored value, so that an unchanged entry is recognized without comparing values. */
  readonly id: string;
  readonly value: unknown;
  /** Start of its loading in ms since the epoch, by the clock of the process that loaded it. */
  readonly createdMs: number;
  readonly ttlMs: number;
  readonly swrMs: number;
  readonly tags: readonly string[];
  /** Length of the value as JSON, an estimate of its size in memory. */
  readonly size: number;
}

/** Age of an entry; 0 at least, for a clock that is behind that of the process that loaded it. */
function ageMs(entry: Entry): number {
  return Math.max(0, now() - entry.createdMs);
}

/** Past its TTL: served only while it is refreshed. */
export function isStale(entry: Entry): boolean {
  return ageMs(entry) >= entry.ttlMs;
}

/** Past its stale window: never served. */
export function isExpired(entry: Entry): boolean {
  return ageMs(entry) >= entry.ttlMs + entry.swrMs;
}

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
    if (!isExpired(found.entry)) return found;
    this.sieve.delete(member);
    return undefined;
  }
}

/** Prefixes that keep members and tags apart in one map. */
const memberKey = (member: string) => `m${member}`;
const tagKey = (tag: string) => `t${tag}`;

interface Node<V> {
  readonly key: string;
  value: V;
  weight: number;
  visited: boolean;
  newer: Node<V> | null;
  older: Node<V> | null;
}

/**
 * A map of bounded weight that evicts unread entries. A hand moves from old to new entries: it keeps an entry that was
 * read since its last pass and evicts the others. A hit only sets a flag, and entries that are read once do not push
 * out those that are read often. From Zhang et al., "SIEVE is Simpler than LRU" (NSDI 2024).
 */
export class Sieve<V> {
  private readonly nodes = new Map<string, Node<V>>();
  private newest: Node<V> | null = null;
  private oldest: Node<V> | null = null;
  private hand: Node<V> | null = null;
  private total = 0;

  /** @param capacity  in the unit of the weights */
  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.nodes.size;
  }

  /** Total weight of all entries. */
  get weight(): number {
    return this.total;
  }

  get(key: string): V | undefined {
    const node = this.nodes.get(key);
    if (!node) return undefined;
    node.visited = true;
    return node.value;
  }

  /** Stores a value. One that is heavier than the whole capacity is not stored and removes the old one. */
  set(key: string, value: V, weight = 1): void {
    const known = this.nodes.get(key);
    if (known && weight <= this.capacity) {
      this.total += weight - known.weight;
      known.value = value;
      known.weight = weight;
      known.visited = true;
    } else {
      if (known) this.remove(known);
      if (weight > this.capacity) return;
      this.add({ key, value, weight, visited: false, newer: null, older: null });
    }
    while (this.total > this.capacity) this.evict(key);
  }

  delete(key: string): boolean {
    const node = this.nodes.get(key);
    if (node) this.remove(node);
    return node !== undefined;
  }

  *entries(): IterableIterator<[key: string, value: V]> {
    for (const [key, { value }] of this.nodes) yield [key, value];
  }

  private add(node: Node<V>): void {
    node.older = this.newest;
    if (this.newest) this.newest.newer = node;
    this.newest = node;
    this.oldest ??= node;
    this.nodes.set(node.key, node);
    this.total += node.weight;
  }

  /** @param keep  the key just written, which must not be evicted immediately */
  private evict(keep: string): void {
    let node = this.hand ?? this.oldest;
    while (node && (node.visited || node.key === keep)) {
      node.visited = false;
      node = node.newer ?? this.oldest;
    }
    if (!node) return;
    this.hand = node.newer;
    this.remove(node);
  }

  private remove(node: Node<V>): void {
    if (this.hand === node) this.hand = node.newer;
    if (node.newer) node.newer.older = node.older;
    else this.newest = node.older;
    if (node.older) node.older.newer = node.newer;
    else this.oldest = node.newer;
    this.nodes.delete(node.key);
    this.total -= node.weight;
  }
}
