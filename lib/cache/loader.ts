import { now } from "../core/clock";
import { defer } from "../core/defer";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { withTimeoutOrUndefined } from "../core/with-timeout";
import { createEntry, encodeEntry } from "./envelope";
import type { Memory } from "./memory";
import * as store from "./store";
import type { NamespaceSpec } from "./validation";

/** Resolved key of one entry. */
export interface CacheKey {
  readonly namespace: string;
  readonly spec: NamespaceSpec;
  /** `{namespace}:{key}` */
  readonly member: string;
}

/** How to load an entry on a miss. */
export interface LoadRequest {
  readonly load: () => Promise<unknown>;
  readonly tags: readonly string[];
  readonly ttlSeconds: number;
}

/**
 * hitL1   served from this process's memory
 * hitL2   served from Redis
 * stale   served past its TTL while it is refreshed (not a hit)
 * miss    not in the cache
 * load    a loader was called
 * wait    a lookup waited for another process
 * error   Redis did not answer, an entry was unusable, or a background load failed
 */
export type CacheEvent = "hitL1" | "hitL2" | "stale" | "miss" | "load" | "wait" | "error";

export interface LookupResult {
  readonly value: unknown;
  /** How the value was obtained; counted for each caller. */
  readonly event: CacheEvent;
}

/** Shared parts of one process's cache. */
export interface CacheContext {
  readonly memory: Memory;
  readonly count: (namespace: string, event: CacheEvent) => void;
  /** Call after a failed Redis call: counts and logs it, and marks Redis as suspect. */
  onRedisFailure(namespace: string, error: unknown): void;
}

/** Wraps what a loader threw, to distinguish it from an error of Redis. */
export class LoaderError extends Error {
  constructor(override readonly cause: unknown) {
    super("the loader failed", { cause });
  }
}

/** A loaded value; `cacheable` is null when it must not be cached. */
export interface LoaderResult {
  readonly value: unknown;
  readonly cacheable: ReturnType<typeof createEntry> | null;
}

/** @throws {LoaderError} */
export async function callLoader(
  { count }: Pick<CacheContext, "count">,
  { namespace, spec }: CacheKey,
  { load, ttlSeconds, tags }: LoadRequest,
): Promise<LoaderResult> {
  count(namespace, "load");
  const createdMs = now();
  try {
    const loaded = await load();
    if (loaded === undefined || (loaded === null && !spec.cacheNull))
      return { value: loaded, cacheable: null };
    const cacheable = createEntry(spec, loaded, { ttlSeconds, tags, createdMs });
    return { value: cacheable.entry.value, cacheable };
  } catch (cause) {
    throw new LoaderError(cause);
  }
}

/** Runs a refresh in the background. A failure is counted and logged, and reaches no caller. */
export function runInBackground(
  { count }: Pick<CacheContext, "count">,
  { namespace }: CacheKey,
  work: () => Promise<void>,
): void {
  defer(async () => {
    try {
      await work();
    } catch (error) {
      count(namespace, "error");
      log().debug({ err: error }, "cached value not refreshed");
    }
  });
}

/** Loads under a load lease and renews it meanwhile; the value is stored only if the lease is still alive. */
export class LeasedLoader {
  private readonly member: string;

  /** @param epoch  epoch of the memory before the lease was requested */
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
   * Loads and stores the value, and ends the lease.
   *
   * @param timeoutMs  longest wait for Redis
   * @throws {LoaderError}
   */
  async load(timeoutMs: number): Promise<unknown> {
    const { member, token } = this;
    const startedMs = now();
    const stopRenewing = this.startRenewing();
    let loaded: LoaderResult;
    try {
      loaded = await callLoader(this.context, this.cacheKey, this.request);
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
    // Redis may have refused the value (too large, for example): waiters must not wait until the lease expires.
    if (filled === undefined) store.release(member, token).catch(() => {});
    // After an unknown outcome (undefined) the value is only as current as the start of its loading.
    if (filled !== false) this.context.memory.put(member, entry, this.epoch, filled ? filledMs : startedMs);
    return value;
  }

  /** Refreshes in the background while readers get the old value. A failure keeps the lease, which delays the retry. */
  refresh(): void {
    const { member, token } = this;
    const { memory } = this.context;
    runInBackground(this.context, this.cacheKey, async () => {
      const startedMs = now();
      const stopRenewing = this.startRenewing();
      try {
        const { cacheable } = await callLoader(this.context, this.cacheKey, this.request);
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

  /** Waits for a call for `timeoutMs` at most, then lets it continue. Returns undefined for an unknown outcome. */
  private async waitForRedis<T>(timeoutMs: number, call: Promise<T>): Promise<T | undefined> {
    try {
      return await withTimeoutOrUndefined(call, Math.max(0, timeoutMs));
    } catch (error) {
      this.context.onRedisFailure(this.cacheKey.namespace, error);
      return undefined;
    }
  }

  /** @returns stops the renewal */
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
