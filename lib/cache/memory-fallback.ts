import { now } from "../core/clock";
import {
  type CacheContext,
  type CacheKey,
  callLoader,
  isStale,
  type LoadRequest,
  type LookupResult,
  runInBackground,
} from "./loader";

/** Lookups while Redis is unavailable: memory is trusted for the entry's whole TTL. */
export class MemoryFallback {
  /** Members with a refresh running in the background. */
  private readonly refreshing = new Set<string>();

  constructor(private readonly context: CacheContext) {}

  /** @throws {LoaderError} */
  async find(cacheKey: CacheKey, request: LoadRequest): Promise<LookupResult> {
    const { memory, invalidationLog, stats } = this.context;
    const { member } = cacheKey;
    if (memory.get(member)) await invalidationLog.pollWithoutRedis();
    // Read after the poll: a value loaded from here on is newer than the invalidations just applied.
    const { epoch } = memory;
    const entry = memory.get(member);
    if (!entry) return { value: await this.load(cacheKey, request, epoch), event: "miss" };
    if (!isStale(entry)) return { value: entry.value, event: "hitL1" };
    if (!this.refreshing.has(member)) {
      this.refreshing.add(member);
      runInBackground(stats, cacheKey, async () => {
        await this.load(cacheKey, request, memory.epoch).finally(() => this.refreshing.delete(member));
      });
    }
    return { value: entry.value, event: "stale" };
  }

  /**
   * Loads without a lease; the value goes to the caller and into memory, not into Redis.
   *
   * @param epoch  epoch of the memory before the load
   * @throws {LoaderError}
   */
  async load(cacheKey: CacheKey, request: LoadRequest, epoch: number): Promise<unknown> {
    const startedMs = now();
    const { cacheable, value } = await callLoader(this.context.stats, cacheKey, request);
    if (cacheable) this.context.memory.put(cacheKey.member, cacheable.entry, epoch, startedMs);
    return value;
  }
}
