/** Limits the map to a few megabytes; a page shows twenty posts. */
const MAX_POSTS = 10_000;

/** Post id -> count, least recently updated first. */
const lastCounts = new Map<string, number>();

/** Stores the last count that Redis returned for a post, in this process. */
export function rememberCount(postId: string, count: number): void {
  lastCounts.delete(postId);
  lastCounts.set(postId, count);
  if (lastCounts.size <= MAX_POSTS) return;
  for (const oldest of lastCounts.keys()) {
    lastCounts.delete(oldest);
    break;
  }
}

/**
 * The count to show without Redis. Postgres lacks the views that are pending in Redis, so its count alone could be
 * below the one published before.
 */
export function getFallbackCount(postId: string, persisted: number): number {
  return Math.max(persisted, lastCounts.get(postId) ?? 0);
}
