import { now } from "../core/clock";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { type Transaction, transaction } from "../db";
import type { Cached, NamespaceSpec, NamespaceSpecs } from "./define-namespaces";
import { decode, type Entry, encode, makeEntry, parseEnvelope } from "./envelope";
import { CacheError } from "./errors";
import { Told } from "./invalidation-log";
import { checkCount, checkKey, checkTags, checkTtl } from "./limits";
import type { Place } from "./loader";
import { ageMs, Memory, type Targets } from "./memory";
import { type OutboxRow, writeOutbox } from "./outbox";
import { Loads } from "./single-flight";
import { CacheStats } from "./stats";
import * as store from "./store";

interface WriteOptions {
  /** What the value depends on: `invalidateTag` of any of them removes it. Known before it is loaded. */
  tags?: readonly string[];
  /** Instead of the namespace's. */
  ttlSeconds?: number;
}

/** Notes tags in the transaction of the change that they follow. */
export type NoteTags = (tx: Transaction, tags: readonly string[]) => Promise<void>;

/** Redis is told of so many in one script, and does nothing else meanwhile. */
const MOST_TAGS_A_ROW = 200;

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
  private readonly counts = new CacheStats();
  private readonly told = new Told(this.memory);
  private readonly loads = new Loads({ memory: this.memory, told: this.told, stats: this.counts });

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
  async getOrSet<N extends keyof T & string, L extends Cached<T, N> | null | undefined>(
    namespace: N,
    key: string,
    loader: () => Promise<L>,
    options: WriteOptions = {},
  ): Promise<Cached<T, N> | Extract<L, null | undefined>> {
    const place = this.place(namespace, key);
    const entry = this.memory.getTrusted(place.member);
    if (entry) {
      this.counts.count(namespace, ageMs(entry) < entry.ttlMs ? "hitL1" : "stale");
      return entry.value as Cached<T, N>;
    }
    const { tags, ttlSeconds } = this.check(place, options);
    return (await this.loads.get(place, { load: loader, tags, ttlSeconds })) as Cached<T, N>;
  }

  /** What is cached; undefined when nothing is, or nobody can say. @throws {CacheError} */
  async get<N extends keyof T & string>(namespace: N, key: string): Promise<Cached<T, N> | undefined> {
    return (await this.getMany(namespace, [key])).get(key);
  }

  /**
   * What is cached of up to 1,000 keys, in one command and one HTTP call; none when all of them are in memory.
   * @throws {CacheError}
   */
  async getMany<N extends keyof T & string>(
    namespace: N,
    keys: readonly string[],
  ): Promise<Map<string, Cached<T, N>>> {
    checkCount(keys);
    const places = new Map(keys.map((key) => [key, this.place(namespace, key)]));
    const entries = new Map<string, Entry>();
    for (const [key, { member }] of places) {
      const entry = this.memory.getTrusted(member);
      if (entry) entries.set(key, entry);
    }
    const counted = new Set(entries.keys());
    const asked = [...places].filter(([key]) => !entries.has(key));
    if (asked.length > 0) await this.readInto(entries, asked);

    const values = new Map<string, Cached<T, N>>();
    for (const key of places.keys()) {
      const entry = entries.get(key);
      const event = counted.has(key) ? "hitL1" : "hitL2";
      this.counts.count(namespace, !entry ? "miss" : ageMs(entry) < entry.ttlMs ? event : "stale");
      if (entry) values.set(key, entry.value as Cached<T, N>);
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
    value: Cached<T, N>,
    options: WriteOptions = {},
  ): Promise<void> {
    const place = this.place(namespace, key);
    const entryOptions = { ...this.check(place, options), createdMs: now() };
    const { entry, json } = makeEntry(place.spec, value, entryOptions);
    const targets = { members: [place.member], tags: [] };
    this.memory.drop(targets);
    const text = await encode(entry, json);
    const askedMs = now();
    try {
      await store.put(place.member, text, entry);
    } catch (error) {
      this.failed(namespace, error);
      // What Redis still has is older than this.
      await this.told.owe(targets);
    }
    // Again: meanwhile somebody here may have read what was in Redis before.
    this.memory.drop(targets);
    this.memory.put(place.member, entry, this.memory.epoch, askedMs);
  }

  /** Forgets one value, and revokes the lease of whoever is loading it. @throws {CacheError} */
  async delete(namespace: keyof T & string, key: string): Promise<void> {
    await this.invalidate({ members: [this.place(namespace, key).member], tags: [] });
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
    return this.invalidating((note) =>
      transaction(async (tx) => {
        await note(tx, tags);
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
  async invalidating<R>(change: (note: NoteTags) => Promise<R>): Promise<R> {
    const rows: OutboxRow[] = [];
    const note: NoteTags = async (tx, tags) => {
      for (let from = 0; from < tags.length; from += MOST_TAGS_A_ROW) {
        const some = tags.slice(from, from + MOST_TAGS_A_ROW);
        for (const tag of some) checkTags([tag]);
        const targets = { members: [], tags: some };
        rows.push({ id: await writeOutbox(tx, targets), ...targets });
      }
    };
    let result: R;
    try {
      result = await change(note);
    } catch (error) {
      // It may have been committed, and its answer lost.
      this.told.doubtRedis();
      for (const row of rows) this.memory.drop(row);
      throw error;
    }
    await failpoint("cache.committed");
    for (const [at, row] of rows.entries()) {
      try {
        await this.told.tell(row);
        this.told.forget([row.id]);
      } catch (error) {
        this.failed("(tags)", error);
        // The next one would wait for the same Redis.
        for (const left of rows.slice(at)) this.told.oweRow(left);
        break;
      }
    }
    return result;
  }

  /** What happened in this process since it started. */
  stats(): ReturnType<CacheStats["snapshot"]> {
    return this.counts.snapshot();
  }

  private async invalidate(targets: Targets): Promise<void> {
    try {
      await this.told.tell(targets);
    } catch (error) {
      this.failed("(tags)", error);
      await this.told.owe(targets);
    }
  }

  /** Reads from Redis; without it what this process still has. */
  private async readInto(entries: Map<string, Entry>, asked: [string, Place][]): Promise<void> {
    const epoch = this.memory.epoch;
    const askedMs = now();
    try {
      const found = await this.readBelieved(asked.map(([, { member }]) => member));
      for (const [index, [key, { spec, member }]] of asked.entries()) {
        const envelope = parseEnvelope(found[index]);
        const held = this.memory.get(member);
        const entry = envelope && (envelope.id === held?.id ? held : await decode(spec, envelope));
        if (!entry || ageMs(entry) >= entry.ttlMs + entry.swrMs) continue;
        this.memory.put(member, entry, epoch, askedMs);
        entries.set(key, entry);
      }
    } catch (error) {
      this.failed(asked[0]?.[1].namespace ?? "", error);
      if (asked.some(([, { member }]) => this.memory.get(member))) await this.told.pollWithoutRedis();
      for (const [key, { member }] of asked) {
        const entry = this.memory.get(member);
        if (entry) entries.set(key, entry);
      }
    }
  }

  private async readBelieved(members: readonly string[]): Promise<unknown[]> {
    const first = await store.readMany(members);
    if (await this.told.believe(first.told)) return first.found;
    return (await store.readMany(members)).found;
  }

  private place(namespace: string, key: string): Place {
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

  private check({ spec }: Place, { tags = [], ttlSeconds = spec.ttlSeconds }: WriteOptions) {
    checkTags(tags);
    checkTtl(ttlSeconds, spec.swrSeconds);
    return { tags, ttlSeconds };
  }

  private failed(namespace: string, error: unknown): void {
    this.counts.count(namespace, "error");
    this.told.doubtRedis();
    log().debug({ err: error }, "the cache works without Redis");
  }
}
