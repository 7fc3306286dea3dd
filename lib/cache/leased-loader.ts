import { now } from "../core/clock";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { encodeEntry } from "./envelope";
import {
  type CacheContext,
  type CacheKey,
  callLoader,
  type LoaderResult,
  type LoadRequest,
  runInBackground,
} from "./loader";
import * as store from "./store";
import { withTimeoutOrUndefined } from "./with-timeout-or-undefined";

/** Loading under the lease in Redis `token`, which is renewed meanwhile: what is brought is stored if it is alive. */
export class LeasedLoader {
  private readonly member: string;

  /** @param epoch  of the memory, from before the lease was asked for */
  constructor(
    private readonly context: CacheContext,
    private readonly cacheKey: CacheKey,
    private readonly request: LoadRequest,
    private readonly epoch: number,
    private readonly token: string,
  ) {
    this.member = cacheKey.member;
  }

  /**
   * Loads, stores what came, and ends the lease.
   *
   * @param timeoutMs  how long the caller may be kept waiting for Redis
   * @throws {LoaderFailure}
   */
  async load(timeoutMs: number): Promise<unknown> {
    const { member, token } = this;
    const startedMs = now();
    const stopRenewing = this.startRenewing();
    let loaded: LoaderResult;
    try {
      loaded = await callLoader(this.context.stats, this.cacheKey, this.request);
      await failpoint("cache.loaded");
    } catch (error) {
      stopRenewing();
      await this.waitForRedis(timeoutMs, store.release(member, token));
      throw error;
    }
    stopRenewing();
    const { cacheable, value } = loaded;
    if (!cacheable) {
      await this.waitForRedis(timeoutMs, store.fillEmpty(member, token));
      return value;
    }
    const { entry, json } = cacheable;
    const text = await encodeEntry(entry, json);
    const filledMs = now();
    const filled = await this.waitForRedis(timeoutMs, store.fill(member, token, text, entry));
    // Redis may have refused it (it is too large, say): others should not wait until the lease has run out.
    if (filled === undefined) store.release(member, token).catch(() => {});
    // Not known whether it was stored: then it is as current as the moment its loading began.
    if (filled !== false) this.context.memory.put(member, entry, this.epoch, filled ? filledMs : startedMs);
    return value;
  }

  /** While everybody is served what there is. A failure keeps the lease: nobody tries again until it ends. */
  refresh(): void {
    const { member, token } = this;
    const { memory, stats } = this.context;
    runInBackground(stats, this.cacheKey, async () => {
      const startedMs = now();
      const stopRenewing = this.startRenewing();
      try {
        const { cacheable } = await callLoader(stats, this.cacheKey, this.request);
        if (!cacheable) return await store.fillEmpty(member, token);
        const text = await encodeEntry(cacheable.entry, cacheable.json);
        if (await store.fill(member, token, text, cacheable.entry)) {
          memory.put(member, cacheable.entry, this.epoch, startedMs);
        }
      } finally {
        stopRenewing();
      }
    });
  }

  /** Waits for a call no longer than that; it goes on by itself then. Undefined: Redis did not say. */
  private async waitForRedis<T>(timeoutMs: number, call: Promise<T>): Promise<T | undefined> {
    try {
      return await withTimeoutOrUndefined(Math.max(0, timeoutMs), call);
    } catch (error) {
      this.context.stats.count(this.cacheKey.namespace, "error");
      this.context.invalidationLog.markRedisSuspect();
      log().debug({ err: error }, "Redis did not take a cached value");
      return undefined;
    }
  }

  /** @returns what ends it */
  private startRenewing(): () => void {
    const startedAt = performance.now();
    const timer = setInterval(() => {
      if (performance.now() - startedAt > store.MAX_LOAD_MS) clearInterval(timer);
      else store.renew(this.member, this.token).catch(() => {});
    }, store.LEASE_MS / 3);
    timer.unref();
    return () => clearInterval(timer);
  }
}
