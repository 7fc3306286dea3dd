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
