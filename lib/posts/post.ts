import type { CachedPost } from "../cache";
import type { Post } from "../schemas/post";
import { getViewCounts, toViewRow, viewColumns } from "../views";

/** What Prisma must select for `toCachedPost`. */
export const postColumns = {
  ...viewColumns,
  title: true,
  text: true,
  tags: true,
  authorId: true,
  createdAt: true,
  author: { select: { seq: true, name: true } },
} as const;

interface PostRow {
  id: string;
  title: string;
  text: string;
  tags: string[];
  authorId: string;
  createdAt: Date;
  views: number;
  viewsVersion: number;
  viewsBatch: string | null;
  author: { seq: number; name: string };
}

/** Converts a row of Postgres to its cached form, without the live count. */
export function toCachedPost(row: PostRow): CachedPost {
  return {
    id: row.id,
    title: row.title,
    text: row.text,
    tags: row.tags,
    authorId: row.authorId,
    authorName: row.author.name,
    createdAt: row.createdAt.toISOString(),
    views: toViewRow(row),
  };
}

/**
 * Adds the live counts to cached posts, in one round trip to Redis. An outdated cached post cannot lower a count,
 * because counts have a version (lib/views/scripts.ts).
 */
export async function toPosts(cached: readonly CachedPost[]): Promise<Post[]> {
  const counts = await getViewCounts(cached.map(({ views }) => views));
  return cached.map(({ views, ...post }) => ({ ...post, viewsCount: counts.get(post.id) ?? views.views }));
}

/** The cache tags that a change of a post invalidates. */
export function postTags(id: string): string[] {
  return [FEED_TAG, postTag(id)];
}

export const FEED_TAG = "feed";

export function postTag(id: string): string {
  return `post:${id}`;
}
