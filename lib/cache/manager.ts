import { now } from "../core/clock";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { type Transaction, transaction } from "../db";
import type { CachedValue, NamespaceSpec, NamespaceSpecs } from "./define-namespaces";
import { createEntry, decodeEntry, type Entry, encodeEntry, parseEnvelope } from "./envelope";
import { CacheError } from "./errors";
import { InvalidationLog } from "./invalidation-log";
import { checkCount, checkKey, checkTags, checkTtl } from "./limits";
import type { CacheKey } from "./loader";
import { ageMs, type InvalidationTargets, Memory } from "./memory";
import { type OutboxRow, writeOutbox } from "./outbox";
import { SingleFlight } from "./single-flight";
import { CacheStats } from "./stats";
import * as store from "./store";

interface WriteOptions {
  /** What the value depends on: `invalidateTag` of any of them removes it. Known before it is loaded. */
  tags?: readonly string[];
  /** Instead of the namespace's. */
  ttlSeconds?: number;
}

/** Notes tags in the transaction of the change that they follow. */
export type RecordTags = (tx: Transaction, tags: readonly string[]) => Promise<void>;

/** Redis is told of so many in one script, and does nothing else meanwhile. */
const MAX_TAGS_PER_ROW = 200;

/**
 * Values that are expensive to get, kept in this process (L1) and in Redis (L2). docs/CACHE.md has the whole
 * contract; in short:
 *
 * - No call fails or waits long because Redis is away: loaders answer, and this process's memory helps.
 * - Values are immutable (frozen) and shared. They are what their namespace's schema says, wherever they are from.
 * - `undefined` means "not known here" and is never cached; `null` means "there is none" and is where its
 *   namespace says so.
 * - After an invalidation returns, this process never serves what was there before, and other processes
 *   do for one second at most.
 */
export class CacheManager<T extends NamespaceSpecs> {
  private readonly specs: ReadonlyMap<string, NamespaceSpec>;
  private readonly memory = new Memory();
  private readonly counters = new CacheStats();
  private readonly invalidationLog = new InvalidationLog(this.memory);
  private readonly singleFlight = new SingleFlight({
    memory: this.memory,
    invalidationLog: this.invalidationLog,
    stats: this.counters,
  });

  constructor(namespaces: T) {
    this.specs = new Map(Object.entries(namespaces));
  }

  /**
   * What is cached, else what the loader brings, which is then cached. One loader runs at a time for a key,
   * over all processes; the others wait for it, for a bounded time. A value past its TTL and within its stale
   * window is served while one process loads it anew; near the end of the TTL that begins early.
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
      this.counters.count(namespace, ageMs(entry) < entry.ttlMs ? "hitL1" : "stale");
      return entry.value as CachedValue<T, N>;
    }
    const { tags, ttlSeconds } = this.checkWriteOptions(cacheKey, options);
    return (await this.singleFlight.get(cacheKey, { load: loader, tags, ttlSeconds })) as CachedValue<T, N>;
  }

  /** What is cached; undefined when nothing is, or nobody can say. @throws {CacheError} */
  async get<N extends keyof T & string>(namespace: N, key: string): Promise<CachedValue<T, N> | undefined> {
    return (await this.getMany(namespace, [key])).get(key);
  }

  /**
   * What is cached of up to 1,000 keys, in one command and one HTTP call; none when all of them are in memory.
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
      this.counters.count(namespace, !entry ? "miss" : ageMs(entry) < entry.ttlMs ? event : "stale");
      if (entry) values.set(key, entry.value as CachedValue<T, N>);
    }
    return values;
  }

  /**
   * Caches a value whatever was cached before. Whoever is loading it does not store what it brings.
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
      // What Redis still has is older than this.
      await this.invalidationLog.addPending(targets);
    }
    // Again: meanwhile somebody here may have read what was in Redis before.
    this.memory.invalidate(targets);
    this.memory.put(cacheKey.member, entry, this.memory.epoch, requestedMs);
  }

  /** Forgets one value, and revokes the lease of whoever is loading it. @throws {CacheError} */
  async delete(namespace: keyof T & string, key: string): Promise<void> {
    await this.invalidate({ members: [this.resolveKey(namespace, key).member], tags: [] });
  }

  /**
   * Forgets everything that carries the tag, and revokes the leases of whoever is loading such things. When
   * Redis cannot be told, the invalidation waits in Postgres. For a change in Postgres use `withInvalidation`,
   * which a crash in between does not lose.
   *
   * @throws {CacheError}
   */
  async invalidateTag(tag: string): Promise<void> {
    checkTags([tag]);
    await this.invalidate({ members: [], tags: [tag] });
  }

  /**
   * Changes Postgres and forgets what depended on it. The invalidation commits with the change, and stays in
   * Postgres until Redis was told: neither a crash nor an outage loses it.
   *
   * @param write  gets the transaction (lib/db): no effect outside of it, it is run again after a deadlock
   * @throws what the transaction throws; {CacheError}
   */
  async withInvalidation<R>(tags: readonly string[], write: (tx: Transaction) => Promise<R>): Promise<R> {
    checkTags(tags);
    return this.withRecordedInvalidation((recordTags) =>
      transaction(async (tx) => {
        await recordTags(tx, tags);
        return write(tx);
      }),
    );
  }

  /**
   * The same for a change whose transaction somebody else opens, or whose tags are known only inside it: `change` notes
   * them, any number, in the transaction of the change. The transaction may run again after a deadlock.
   *
   * @throws what `change` throws; {CacheError}
   */
  async withRecordedInvalidation<R>(change: (recordTags: RecordTags) => Promise<R>): Promise<R> {
    const rows: OutboxRow[] = [];
    const note: RecordTags = async (tx, tags) => {
      for (let from = 0; from < tags.length; from += MAX_TAGS_PER_ROW) {
        const chunk = tags.slice(from, from + MAX_TAGS_PER_ROW);
        for (const tag of chunk) checkTags([tag]);
        const targets = { members: [], tags: chunk };
        rows.push({ id: await writeOutbox(tx, targets), ...targets });
      }
    };
    let result: R;
    try {
      result = await change(note);
    } catch (error) {
      // It may have been committed, and its answer lost.
      this.invalidationLog.markRedisSuspect();
      for (const row of rows) this.memory.invalidate(row);
      throw error;
    }
    await failpoint("cache.committed");
    for (const [index, row] of rows.entries()) {
      try {
        await this.invalidationLog.apply(row);
        this.invalidationLog.deleteRowsLater([row.id]);
      } catch (error) {
        this.onRedisFailure("(tags)", error);
        // The next one would wait for the same Redis.
        for (const remainingRow of rows.slice(index)) this.invalidationLog.addPendingRow(remainingRow);
        break;
      }
    }
    return result;
  }

  /** What happened in this process since it started. */
  stats(): ReturnType<CacheStats["snapshot"]> {
    return this.counters.snapshot();
  }

  private async invalidate(targets: InvalidationTargets): Promise<void> {
    try {
      await this.invalidationLog.apply(targets);
    } catch (error) {
      this.onRedisFailure("(tags)", error);
      await this.invalidationLog.addPending(targets);
    }
  }

  /** Reads from Redis; without it what this process still has. */
  private async readInto(entries: Map<string, Entry>, missing: [string, CacheKey][]): Promise<void> {
    const epoch = this.memory.epoch;
    const requestedMs = now();
    try {
      const found = await this.readTrusted(missing.map(([, { member }]) => member));
      for (const [index, [key, { spec, member }]] of missing.entries()) {
        const envelope = parseEnvelope(found[index]);
        const localEntry = this.memory.get(member);
        const entry =
          envelope && (envelope.id === localEntry?.id ? localEntry : await decodeEntry(spec, envelope));
        if (!entry || ageMs(entry) >= entry.ttlMs + entry.swrMs) continue;
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

  private async readTrusted(members: readonly string[]): Promise<unknown[]> {
    const firstRead = await store.readMany(members);
    if (await this.invalidationLog.isTrusted(firstRead.told)) return firstRead.found;
    return (await store.readMany(members)).found;
  }

  private resolveKey(namespace: string, key: string): CacheKey {
    const spec = this.specs.get(namespace);
    if (!spec) {
      throw new CacheError(
        "unknown_namespace",
        `there is no cache namespace "${namespace}": declare it in lib/cache/namespaces.ts`,
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
    this.counters.count(namespace, "error");
    this.invalidationLog.markRedisSuspect();
    log().debug({ err: error }, "the cache works without Redis");
  }
}
