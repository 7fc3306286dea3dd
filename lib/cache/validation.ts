import type { z } from "zod";

/**
 * What callers may pass to the cache: declarations of namespaces, keys, tags and TTLs. A `CacheError` names each mistake.
 */

/** Mistakes of the calling code. An unavailable backend is never a `CacheError`. */
export type CacheErrorCode =
  | "unknown_namespace"
  | "bad_namespace"
  | "bad_key"
  | "bad_tag"
  | "bad_ttl"
  | "not_json"
  | "invalid_value"
  | "too_many_keys";

/** A mistake of the calling code; the message names the remedy. */
export class CacheError extends Error {
  constructor(
    readonly code: CacheErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "CacheError";
  }
}

/** Declaration of one cache namespace. */
export interface NamespaceSpec<S extends z.ZodType = z.ZodType> {
  /**
   * Schema of the value. It parses loaded and cached values alike, so it must accept its own output:
   * times as ISO strings, not dates.
   */
  schema: S;
  ttlSeconds: number;
  /** How long after its TTL a value may still be served while a new one is loaded (stale-while-revalidate). */
  swrSeconds: number;
  /** Whether `null` ("does not exist") is cached. `undefined` never is. */
  cacheNull: boolean;
  /** Builds the Redis key of an entry from lib/redis/keys.ts; by default `cache:{namespace}:{key}`. */
  entryKey?: (key: string) => string;
}

export type NamespaceSpecs = Readonly<Record<string, NamespaceSpec>>;

/** Type of the values of a namespace. */
export type CachedValue<T extends NamespaceSpecs, N extends keyof T> =
  | z.output<T[N]["schema"]>
  | (T[N]["cacheNull"] extends true ? null : never);

/** These would collide with the cache's own keys `cache:lease:…`, `cache:tag:…` and `cache:told`. */
const RESERVED_NAMES = new Set(["lease", "tag", "told"]);
/** By namespace. Invalidations name entries by `{namespace}:{key}`, in this process and in others. */
const entryKeys = new Map<string, (key: string) => string>();

/** The Redis key of an entry whose namespace has keys of its own; undefined for others. */
export function ownEntryKey(member: string): string | undefined {
  const separator = member.indexOf(":");
  return entryKeys.get(member.slice(0, separator))?.(member.slice(separator + 1));
}

const NAMESPACE_NAME = /^[a-z][a-zA-Z0-9-]{0,39}$/;

/**
 * Declares namespaces.
 * @throws {CacheError} bad_namespace for a name that could collide with another key, bad_ttl
 */
export function defineNamespaces<const T extends NamespaceSpecs>(specs: T): T {
  for (const [name, { ttlSeconds, swrSeconds, entryKey }] of Object.entries(specs)) {
    if (!NAMESPACE_NAME.test(name) || RESERVED_NAMES.has(name)) {
      throw new CacheError(
        "bad_namespace",
        `"${name}" cannot name a cache namespace: use letters, digits and dashes, and not ${[...RESERVED_NAMES].join(", ")}`,
      );
    }
    checkTtl(ttlSeconds, swrSeconds);
    if (entryKey) entryKeys.set(name, entryKey);
  }
  return specs;
}

/** Keys are ids and short compounds of ids; a longer one is a mistake, or a text that should be hashed. */
const MAX_KEY_BYTES = 512;
/** An MGET of this many keys blocks Redis only briefly. */
const MAX_KEYS_PER_READ = 1_000;
/** Tags of one entry; each costs three commands when the entry is loaded. */
const MAX_TAGS = 16;
/** Limit of TTL plus stale window. */
const MAX_LIFETIME_SECONDS = 24 * 3_600;

/** Lone UTF-16 surrogates: all of them become the same replacement character on the wire. */
const LONE_SURROGATE = /\p{Cs}/u;

/** @throws {CacheError} bad_key */
export function checkKey(key: string): void {
  checkText(key, "key", "bad_key");
}

/** @throws {CacheError} bad_tag */
export function checkTags(tags: readonly string[]): void {
  if (tags.length > MAX_TAGS) {
    throw new CacheError("bad_tag", `${tags.length} tags: an entry has at most ${MAX_TAGS}; use wider ones`);
  }
  for (const tag of tags) checkText(tag, "tag", "bad_tag");
}

/** @throws {CacheError} too_many_keys */
export function checkCount(keys: readonly string[]): void {
  if (keys.length <= MAX_KEYS_PER_READ) return;
  throw new CacheError(
    "too_many_keys",
    `getMany takes at most ${MAX_KEYS_PER_READ} keys and got ${keys.length}: split the call`,
  );
}

/**
 * @param swrSeconds  how long a value may be served after its TTL
 * @throws {CacheError} bad_ttl
 */
export function checkTtl(ttlSeconds: number, swrSeconds: number): void {
  const areFinite = Number.isFinite(ttlSeconds) && Number.isFinite(swrSeconds);
  if (!areFinite || ttlSeconds <= 0 || swrSeconds < 0 || ttlSeconds + swrSeconds > MAX_LIFETIME_SECONDS) {
    throw new CacheError(
      "bad_ttl",
      `a TTL of ${ttlSeconds} s with a stale window of ${swrSeconds} s: the TTL must be above 0, and both ` +
        `together at most ${MAX_LIFETIME_SECONDS} s. To remove a value use delete()`,
    );
  }
}

function checkText(text: string, label: string, code: CacheErrorCode): void {
  if (typeof text !== "string" || text === "") {
    throw new CacheError(code, `a cache ${label} must be a string that is not empty`);
  }
  // A UTF-16 unit takes at most three bytes in UTF-8.
  const bytes = text.length * 3 <= MAX_KEY_BYTES ? 0 : Buffer.byteLength(text);
  if (bytes > MAX_KEY_BYTES) {
    throw new CacheError(
      code,
      `a cache ${label} of ${bytes} bytes: at most ${MAX_KEY_BYTES}. Use an id, or a hash of the text`,
    );
  }
  if (LONE_SURROGATE.test(text)) {
    throw new CacheError(
      code,
      `a cache ${label} must be well-formed Unicode: encode binary data as base64url`,
    );
  }
}
