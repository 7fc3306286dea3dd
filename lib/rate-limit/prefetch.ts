/** Next's router, and browsers that prefetch themselves, by link or by speculation rules. */
const PREFETCH_HEADERS = ["next-router-prefetch", "next-router-segment-prefetch", "sec-purpose", "purpose"];

/**
 * Whether the caller says that it loads ahead what it may never open. Next hides its own headers from the gate unless
 * `skipProxyUrlNormalize` is set (next.config.mjs).
 */
export function isPrefetch(headers: Headers): boolean {
  return PREFETCH_HEADERS.some((name) => {
    const value = headers.get(name);
    return value !== null && (name.startsWith("next-router-") || value.startsWith("prefetch"));
  });
}
