/** Some megabytes at most; a page shows twenty. */
const MAX_POSTS = 10_000;

/** Post id -> count, the one used longest ago first. */
const lastCounts = new Map<string, number>();

/** Remembers what Redis last said of a post, in this process. */
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
 * What to show without Redis: Postgres does not have the views that wait there, so that its number alone
 * would be a step back from what people have just seen.
 */
export function getFallbackCount(postId: string, persisted: number): number {
  return Math.max(persisted, lastCounts.get(postId) ?? 0);
}
