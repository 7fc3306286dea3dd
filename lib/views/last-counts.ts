/** Some megabytes at most; a page shows twenty. */
const MOST_POSTS = 10_000;

/** Post id -> count, the one used longest ago first. */
const shown = new Map<string, number>();

/** Remembers what Redis last said of a post, in this process. */
export function rememberShown(postId: string, count: number): void {
  shown.delete(postId);
  shown.set(postId, count);
  if (shown.size <= MOST_POSTS) return;
  for (const oldest of shown.keys()) {
    shown.delete(oldest);
    break;
  }
}

/**
 * What to show without Redis: Postgres does not have the views that wait there, so that its number alone
 * would be a step back from what people have just seen.
 */
export function countWithoutRedis(postId: string, persisted: number): number {
  return Math.max(persisted, shown.get(postId) ?? 0);
}
