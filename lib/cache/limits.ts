import { CacheError, type CacheErrorCode } from "./errors";

/** Keys are ids and small compounds of ids; a long one is a mistake, or a text that should be hashed. */
const MOST_KEY_BYTES = 512;
/** One MGET of that many is a short block of Redis. */
export const MOST_KEYS = 1_000;
/** Each costs three commands when an entry is loaded. */
const MOST_TAGS = 16;
/** Of TTL and stale window together. */
const LONGEST_LIFE_SECONDS = 24 * 3_600;

/** UTF-16 halves without their other half: all of them become the same character on the wire. */
const LONE_SURROGATE = /\p{Cs}/u;

/** @throws {CacheError} bad_key */
export function checkKey(key: string): void {
  checkText(key, "key", "bad_key");
}

/** @throws {CacheError} bad_tag */
export function checkTags(tags: readonly string[]): void {
  if (tags.length > MOST_TAGS) {
    throw new CacheError("bad_tag", `${tags.length} tags: an entry has at most ${MOST_TAGS}; use wider ones`);
  }
  for (const tag of tags) checkText(tag, "tag", "bad_tag");
}

/** @throws {CacheError} too_many_keys */
export function checkCount(keys: readonly string[]): void {
  if (keys.length <= MOST_KEYS) return;
  throw new CacheError(
    "too_many_keys",
    `getMany takes at most ${MOST_KEYS} keys and was given ${keys.length}: ask in several calls`,
  );
}

/**
 * @param swrSeconds  how long it may be served after its TTL
 * @throws {CacheError} bad_ttl
 */
export function checkTtl(ttlSeconds: number, swrSeconds: number): void {
  const whole = Number.isFinite(ttlSeconds) && Number.isFinite(swrSeconds);
  if (!whole || ttlSeconds <= 0 || swrSeconds < 0 || ttlSeconds + swrSeconds > LONGEST_LIFE_SECONDS) {
    throw new CacheError(
      "bad_ttl",
      `a TTL of ${ttlSeconds} s with a stale window of ${swrSeconds} s: the TTL must be above 0, and both ` +
        `together at most ${LONGEST_LIFE_SECONDS} s. To remove a value use delete()`,
    );
  }
}

function checkText(text: string, what: string, code: CacheErrorCode): void {
  if (typeof text !== "string" || text === "") {
    throw new CacheError(code, `a cache ${what} must be a string that is not empty`);
  }
  // No character takes more than three bytes for each of its UTF-16 units.
  const bytes = text.length * 3 <= MOST_KEY_BYTES ? 0 : Buffer.byteLength(text);
  if (bytes > MOST_KEY_BYTES) {
    throw new CacheError(
      code,
      `a cache ${what} of ${bytes} bytes: at most ${MOST_KEY_BYTES}. Use an id, or a hash of the text`,
    );
  }
  if (LONE_SURROGATE.test(text)) {
    throw new CacheError(
      code,
      `a cache ${what} must be well-formed Unicode: encode binary ones as base64url`,
    );
  }
}
