import { now } from "../core/clock";
import { increment } from "../core/counters";
import { log } from "../core/log";
import { type Transaction, transaction } from "../db";
import { createEntry, decodeEntry, encodeEntry, parseEnvelope } from "./envelope";
import { InvalidationLog, InvalidationState } from "./invalidation-log";
import type { CacheEvent, CacheKey } from "./loader";
import { type Entry, isExpired, isStale, Memory } from "./memory";
import { SingleFlight } from "./single-flight";
import * as store from "./store";
import {
  type CachedValue,
  CacheError,
  checkCount,
  checkKey,
  checkTags,
  checkTtl,
  type NamespaceSpec,
  type NamespaceSpecs,
} from "./validation";

interface WriteOptions {
  /** Names of what the value depends on: invalidating any of them removes it. Must be known before loading. */
  tags?: readonly string[];
  /** Overrides the namespace's TTL. */
  ttlSeconds?: number;
}

/** The cache in a process: its entries, and what it knows of invalidations that Redis missed. */
interface ProcessCache {
  memory: Memory;
  invalidations: InvalidationState;
}

export const newProcessCache = (): ProcessCache => ({
  memory: new Memory(),
  invalidations: new InvalidationState(),
});

export type CacheCounts = Record<CacheEvent, number>;

const zeroCounts = (): CacheCounts => ({ hitL1: 0, hitL2: 0, stale: 0, miss: 0, load: 0, wait: 0, error: 0 });

/**
 * Two-level cache: memory of this process (L1) and Redis (L2). docs/CACHE.md has the whole contract; in short:
 *
 * - No call fails or waits long because Redis is unavailable: memory and loaders answer.
 * - Values are immutable (frozen) and shared. They match their namespace's schema, cached or loaded.
 * - `undefined` means "unknown" and is never cached; `null` means "does not exist" and is cached if the
 *   namespace allows it.
 * - After an invalidation returns, this process never serves the old value, and other processes serve it for
 *   one second at most.
 */
export class CacheManager<T extends NamespaceSpecs> {
  private readonly specs: ReadonlyMap<string, NamespaceSpec>;
  private readonly counts = new Map<string, CacheCounts>();
  private readonly memory: Memory;
  private readonly invalidationLog: InvalidationLog;
  private readonly singleFlight: SingleFlight;

  /** @param process  what managers of one process share: none serves what another one invalidated */
  constructor(namespaces: T, { memory, invalidations }: ProcessCache = newProcessCache()) {
    this.memory = memory;
    this.specs = new Map(Object.entries(namespaces));
    this.invalidationLog = new InvalidationLog(memory, invalidations, (error) =>
      this.onRedisFailure("(tags)", error),
    );
    this.singleFlight = new SingleFlight({
      memory,
      invalidationLog: this.invalidationLog,
      count: (namespace, event) => this.count(namespace, event),
      onRedisFailure: (namespace, error) => this.onRedisFailure(namespace, error),
    });
  }

  /**
   * Returns the cached value, or loads and caches it. One loader runs at a time for a key, over all processes; other
   * callers wait for it, for a bounded time. A value past its TTL and within its stale window is served while one
   * process refreshes it; the refresh already starts near the end of the TTL.
   *
   * @throws what the loader throws; {CacheError}
   */
  async getOrSet<N extends keyof T & string, L extends CachedValue<T, N> | null | undefined>(
    namespace: N,
    key: string,
    loader: () => Promise<L>,
    options: WriteOptions = {},
  ): Promise<CachedValue<T, N> | Extract<L, null | undefined>> {
    const cacheKey = this.resolveKey(namespace, key);
    const entry = this.memory.getTrusted(cacheKey.member);
    if (entry) {
      this.count(namespace, isStale(entry) ? "stale" : "hitL1");
      return entry.value as CachedValue<T, N>;
    }
    const { tags, ttlSeconds } = this.checkWriteOptions(cacheKey, options);
    return (await this.singleFlight.get(cacheKey, { load: loader, tags, ttlSeconds })) as CachedValue<T, N>;
  }

  /** The cached value; undefined on a miss. Without Redis only memory is read. @throws {CacheError} */
  async get<N extends keyof T & string>(namespace: N, key: string): Promise<CachedValue<T, N> | undefined> {
    return (await this.getMany(namespace, [key])).get(key);
  }

  /**
   * The cached values of up to 1,000 keys, in one command and one HTTP call; no call when memory has all of them.
   * @throws {CacheError}
   */
  async getMany<N extends keyof T & string>(
    namespace: N,
    keys: readonly string[],
  ): Promise<Map<string, CachedValue<T, N>>> {
    checkCount(keys);
    const cacheKeys = new Map(keys.map((key) => [key, this.resolveKey(namespace, key)]));
    const entries = new Map<string, Entry>();
    for (const [key, { member }] of cacheKeys) {
      const entry = this.memory.getTrusted(member);
      if (entry) entries.set(key, entry);
    }
    const memoryHits = new Set(entries.keys());
    const missing = [...cacheKeys].filter(([key]) => !entries.has(key));
    if (missing.length > 0) await this.readInto(entries, missing);

    const values = new Map<string, CachedValue<T, N>>();
    for (const key of cacheKeys.keys()) {
      const entry = entries.get(key);
      const event = memoryHits.has(key) ? "hitL1" : "hitL2";
      this.count(namespace, !entry ? "miss" : isStale(entry) ? "stale" : event);
      if (entry) values.set(key, entry.value as CachedValue<T, N>);
    }
    return values;
  }

  /**
   * Caches a value, overwriting the old one, and revokes the load lease, so that a running load is not stored.
   * @throws {CacheError}
   */
  async set<N extends keyof T & string>(
    namespace: N,
    key: string,
    value: CachedValue<T, N>,
    options: WriteOptions = {},
  ): Promise<void> {
    const cacheKey = this.resolveKey(namespace, key);
    const entryOptions = { ...this.checkWriteOptions(cacheKey, options), createdMs: now() };
    const { entry, json } = createEntry(cacheKey.spec, value, entryOptions);
    const targets = { members: [cacheKey.member], tags: [] };
    this.memory.invalidate(targets);
    const text = await encodeEntry(entry, json);
    const requestedMs = now();
    try {
      await store.put(cacheKey.member, text, entry);
    } catch (error) {
      this.onRedisFailure(namespace, error);
      // Redis may still have the old value.
      await this.invalidationLog.addPending(targets);
    }
    // Again: meanwhile a read in this process may have cached the old entry from Redis.
    this.memory.invalidate(targets);
    this.memory.put(cacheKey.member, entry, this.memory.epoch, requestedMs);
  }

  /** Deletes one value and revokes its load lease. @throws {CacheError} */
  async delete(namespace: keyof T & string, key: string): Promise<void> {
    await this.invalidationLog.invalidate({ members: [this.resolveKey(namespace, key).member], tags: [] });
  }

  /**
   * Deletes all values with the tag and revokes their load leases. When Redis is unavailable, the invalidation
   * is stored in Postgres. For a change in Postgres use `withInvalidation`, whose invalidation survives a crash.
   *
   * @throws {CacheError}
   */
  async invalidateTag(tag: string): Promise<void> {
    checkTags([tag]);
    await this.invalidationLog.invalidate({ members: [], tags: [tag] });
  }

  /**
   * Changes Postgres and invalidates tags. The invalidation commits with the change and stays in Postgres until
   * Redis has applied it: neither a crash nor an outage loses it.
   *
   * @param write  gets the transaction (lib/db); no effects outside of it, because a deadlock reruns it
   * @throws what the transaction throws; {CacheError}
   */
  async withInvalidation<R>(tags: readonly string[], write: (tx: Transaction) => Promise<R>): Promise<R> {
    checkTags(tags);
    return transaction(async (tx) => {
      await this.invalidateAfterCommit(tx, tags);
      return write(tx);
    });
  }

  /**
   * Like `withInvalidation`, for a writer inside a transaction of lib/db: records any number of tags in it. They are
   * invalidated after the commit, and `transaction` resolves after that. Under another transaction client the next
   * check of the rows invalidates them, ten seconds later at most.
   *
   * @throws what the statement throws; {CacheError}
   */
  async invalidateAfterCommit(tx: Transaction, tags: readonly string[]): Promise<void> {
    for (const tag of tags) checkTags([tag]);
    await this.invalidationLog.invalidateAfterCommit(tx, tags);
  }

  /** Counts of this process since its start: totals, and those of each namespace that was used. */
  stats(): { total: CacheCounts; namespaces: Record<string, CacheCounts> } {
    const total = zeroCounts();
    for (const counts of this.counts.values()) {
      for (const [event, count] of Object.entries(counts)) total[event as CacheEvent] += count;
    }
    return { total, namespaces: structuredClone(Object.fromEntries(this.counts)) };
  }

  private count(namespace: string, event: CacheEvent): void {
    const counts = this.counts.get(namespace) ?? zeroCounts();
    counts[event] += 1;
    increment("cache_events_total", [namespace, event]);
    this.counts.set(namespace, counts);
  }

  /** Reads from Redis, or from memory when Redis is unavailable. */
  private async readInto(entries: Map<string, Entry>, missing: [string, CacheKey][]): Promise<void> {
    const epoch = this.memory.epoch;
    const requestedMs = now();
    try {
      const found = await this.readTrusted(missing.map(([, { member }]) => member));
      for (const [index, [key, { spec, member }]] of missing.entries()) {
        const envelope = parseEnvelope(found[index] ?? null);
        const localEntry = this.memory.get(member);
        const entry =
          envelope && (envelope.id === localEntry?.id ? localEntry : await decodeEntry(spec, envelope));
        if (!entry || isExpired(entry)) continue;
        this.memory.put(member, entry, epoch, requestedMs);
        entries.set(key, entry);
      }
    } catch (error) {
      this.onRedisFailure(missing[0]?.[1].namespace ?? "", error);
      if (missing.some(([, { member }]) => this.memory.get(member)))
        await this.invalidationLog.pollWithoutRedis();
      for (const [key, { member }] of missing) {
        const entry = this.memory.get(member);
        if (entry) entries.set(key, entry);
      }
    }
  }

  private async readTrusted(members: readonly string[]): Promise<(string | null)[]> {
    const firstRead = await store.readMany(members);
    if (await this.invalidationLog.isTrusted(firstRead.hasTrustLease)) return firstRead.found;
    return (await store.readMany(members)).found;
  }

  private resolveKey(namespace: string, key: string): CacheKey {
    const spec = this.specs.get(namespace);
    if (!spec) {
      throw new CacheError(
        "unknown_namespace",
        `unknown cache namespace "${namespace}": declare it in lib/cache/namespaces.ts`,
      );
    }
    checkKey(key);
    return { namespace, spec, member: `${namespace}:${key}` };
  }

  private checkWriteOptions({ spec }: CacheKey, { tags = [], ttlSeconds = spec.ttlSeconds }: WriteOptions) {
    checkTags(tags);
    checkTtl(ttlSeconds, spec.swrSeconds);
    return { tags, ttlSeconds };
  }

  private onRedisFailure(namespace: string, error: unknown): void {
    this.count(namespace, "error");
    this.invalidationLog.markRedisSuspect();
    log().debug({ err: error }, "cache falls back to memory: Redis unavailable");
  }
}
