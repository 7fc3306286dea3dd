import { CacheError, type CacheErrorCode } from "./errors";

/** Keys are ids and short compounds of ids; a longer one is a mistake, or a text that should be hashed. */
const MAX_KEY_BYTES = 512;
/** An MGET of this many keys blocks Redis only briefly. */
export const MAX_KEYS_PER_READ = 1_000;
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
