/** The request itself is valid: the connection, the server, the session or a rate limit failed it. */
const RETRYABLE_CODES = new Set([
  "network",
  "unexpected",
  "rate_limited",
  "internal",
  "unavailable",
  "unauthenticated",
]);

/** Whether the same request may succeed later. All other codes are permanent, also a taken `clientId`. */
export function isRetryable({ code }: { code: string }): boolean {
  return RETRYABLE_CODES.has(code);
}
