import { now } from "../core/clock";
import { defer } from "../core/defer";
import { log } from "../core/log";
import type { NamespaceSpec } from "./define-namespaces";
import { type Entry, makeEntry } from "./envelope";
import type { Told } from "./invalidation-log";
import { ageMs, type Memory } from "./memory";
import type { CacheEvent, CacheStats } from "./stats";

/** Where something is cached. */
export interface Place {
  readonly namespace: string;
  readonly spec: NamespaceSpec;
  /** `{namespace}:{key}` */
  readonly member: string;
}

/** How to get it when it is not cached. */
export interface Request {
  readonly load: () => Promise<unknown>;
  readonly tags: readonly string[];
  readonly ttlSeconds: number;
}

export interface Answer {
  readonly value: unknown;
  /** How it was come by, for each caller's count. */
  readonly event: CacheEvent;
}

/** What a process's cache is made of. */
export interface Parts {
  readonly memory: Memory;
  readonly told: Told;
  readonly stats: CacheStats;
}

/** Tells what a loader threw from what Redis did. */
export class LoaderFailure extends Error {
  constructor(override readonly cause: unknown) {
    super("the loader failed", { cause });
  }
}

/** What a loader brought; `made` is null for what is not cached. */
export interface Loaded {
  readonly value: unknown;
  readonly made: ReturnType<typeof makeEntry> | null;
}

/** @throws {LoaderFailure} */
export async function callLoader(
  stats: CacheStats,
  { namespace, spec }: Place,
  { load, ttlSeconds, tags }: Request,
): Promise<Loaded> {
  stats.count(namespace, "load");
  const createdMs = now();
  try {
    const loaded = await load();
    if (loaded === undefined || (loaded === null && !spec.cacheNull)) return { value: loaded, made: null };
    const made = makeEntry(spec, loaded, { ttlSeconds, tags, createdMs });
    return { value: made.entry.value, made };
  } catch (cause) {
    throw new LoaderFailure(cause);
  }
}

/** Loads anew while everybody is served what there is. A failure is counted and reaches nobody. */
export function inBackground(stats: CacheStats, { namespace }: Place, work: () => Promise<void>): void {
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
