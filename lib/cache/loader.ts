import { now } from "../core/clock";
import { defer } from "../core/defer";
import { log } from "../core/log";
import type { NamespaceSpec } from "./define-namespaces";
import { createEntry, type Entry } from "./envelope";
import type { InvalidationLog } from "./invalidation-log";
import { ageMs, type Memory } from "./memory";
import type { CacheEvent, CacheStats } from "./stats";

/** Where something is cached. */
export interface CacheKey {
  readonly namespace: string;
  readonly spec: NamespaceSpec;
  /** `{namespace}:{key}` */
  readonly member: string;
}

/** How to get it when it is not cached. */
export interface LoadRequest {
  readonly load: () => Promise<unknown>;
  readonly tags: readonly string[];
  readonly ttlSeconds: number;
}

export interface LookupResult {
  readonly value: unknown;
  /** How it was come by, for each caller's count. */
  readonly event: CacheEvent;
}

/** What a process's cache is made of. */
export interface CacheContext {
  readonly memory: Memory;
  readonly invalidationLog: InvalidationLog;
  readonly stats: CacheStats;
}

/** Tells what a loader threw from what Redis did. */
export class LoaderError extends Error {
  constructor(override readonly cause: unknown) {
    super("the loader failed", { cause });
  }
}

/** What a loader brought; `made` is null for what is not cached. */
export interface LoaderResult {
  readonly value: unknown;
  readonly cacheable: ReturnType<typeof createEntry> | null;
}

/** @throws {LoaderError} */
export async function callLoader(
  stats: CacheStats,
  { namespace, spec }: CacheKey,
  { load, ttlSeconds, tags }: LoadRequest,
): Promise<LoaderResult> {
  stats.count(namespace, "load");
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

/** Loads anew while everybody is served what there is. A failure is counted and reaches nobody. */
export function runInBackground(stats: CacheStats, { namespace }: CacheKey, work: () => Promise<void>): void {
  defer(async () => {
    try {
      await work();
    } catch (error) {
      stats.count(namespace, "error");
      log().debug({ err: error }, "a cached value could not be refreshed");
    }
  });
}

export function isStale(entry: Entry): boolean {
  return ageMs(entry) >= entry.ttlMs;
}
