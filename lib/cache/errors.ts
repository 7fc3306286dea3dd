/** What a caller of the cache did wrong. Backends that are down are never an error here. */
export type CacheErrorCode =
  | "unknown_namespace"
  | "bad_namespace"
  | "bad_key"
  | "bad_tag"
  | "bad_ttl"
  | "not_json"
  | "invalid_value"
  | "too_many_keys";

/** A fault in the calling code; the message says what to do about it. */
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
