/** Nothing is wrong with what was sent: the connection, the server, or how much one has sent. */
const RETRYABLE_CODES = new Set([
  "network",
  "unexpected",
  "rate_limited",
  "internal",
  "unavailable",
  "unauthenticated",
]);

/** Whether the same may succeed later. Everything else is refused for good, a `clientId` that is taken too. */
export function isRetryable({ code }: { code: string }): boolean {
  return RETRYABLE_CODES.has(code);
}
