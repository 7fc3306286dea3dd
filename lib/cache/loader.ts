import { now } from "../core/clock";
import { defer } from "../core/defer";
import { log } from "../core/log";
import type { NamespaceSpec } from "./define-namespaces";
import { createEntry, type Entry } from "./envelope";
import type { InvalidationLog } from "./invalidation-log";
import { ageMs, type Memory } from "./memory";
import type { CacheEvent, CacheStats } from "./stats";

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

export interface LookupResult {
  readonly value: unknown;
  /** How the value was obtained; counted for each caller. */
  readonly event: CacheEvent;
}

/** Shared parts of one process's cache. */
export interface CacheContext {
  readonly memory: Memory;
  readonly invalidationLog: InvalidationLog;
  readonly stats: CacheStats;
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

/** Runs a refresh in the background. A failure is counted and logged, and reaches no caller. */
export function runInBackground(stats: CacheStats, { namespace }: CacheKey, work: () => Promise<void>): void {
  defer(async () => {
    try {
      await work();
    } catch (error) {
      stats.count(namespace, "error");
      log().debug({ err: error }, "cached value not refreshed");
    }
  });
}

export function isStale(entry: Entry): boolean {
  return ageMs(entry) >= entry.ttlMs;
}
