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

/** With Redis away this process's memory is all there is, and lasts as long as its TTL says. */
export class MemoryFallback {
  /** Members that are being loaded anew in the background. */
  private readonly refreshing = new Set<string>();

  constructor(private readonly context: CacheContext) {}

  /** @throws {LoaderFailure} */
  async find(cacheKey: CacheKey, request: LoadRequest): Promise<LookupResult> {
    const { memory, invalidationLog, stats } = this.context;
    const { member } = cacheKey;
    if (memory.get(member)) await invalidationLog.pollWithoutRedis();
    // From after that: what is loaded now is newer than what was just taken note of.
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
   * Loads with nobody's leave: the value is for who asked, and for this process's memory.
   *
   * @param epoch  of the memory, from before
   * @throws {LoaderFailure}
   */
  async load(cacheKey: CacheKey, request: LoadRequest, epoch: number): Promise<unknown> {
    const startedMs = now();
    const { cacheable, value } = await callLoader(this.context.stats, cacheKey, request);
    if (cacheable) this.context.memory.put(cacheKey.member, cacheable.entry, epoch, startedMs);
    return value;
  }
}
