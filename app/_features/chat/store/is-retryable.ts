/** Nothing is wrong with what was sent: the connection, the server, or how much one has sent. */
const PASSING = new Set([
  "network",
  "unexpected",
  "rate_limited",
  "internal",
  "unavailable",
  "unauthenticated",
]);

/** Whether the same may succeed later. Everything else is refused for good, a `clientId` that is taken too. */
export function isPassing({ code }: { code: string }): boolean {
  return PASSING.has(code);
}
