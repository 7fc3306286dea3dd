import type { z } from "zod";
import { type CachedPost, cacheManager } from "../cache";
import { db } from "../db";
import { idSchema } from "../schemas/id";
import { type Post, type PostPage, postPageQuerySchema } from "../schemas/post";
import { FEED_TAG, postColumns, postTag, toCachedPost, toPosts } from "./post";

/** The feed, newest first, from the cache until a post changes; the counts are live. */
export async function listPosts(page: z.input<typeof postPageQuerySchema> = {}): Promise<PostPage> {
  const { cursor, limit } = postPageQuerySchema.parse(page);
  const { items, nextCursor } = await cacheManager.getOrSet(
    cursor ? "olderFeed" : "feed",
    `${cursor ?? "newest"}:${limit}`,
    () => loadPage(cursor, limit),
    { tags: [FEED_TAG] },
  );
  return { items: await toPosts(items), nextCursor };
}

/** Ids are ordered by time, so paging needs only the primary key. */
async function loadPage(
  cursor: string | undefined,
  limit: number,
): Promise<{ items: CachedPost[]; nextCursor: string | null }> {
  const rows = await db().post.findMany({
    where: cursor ? { id: { lt: cursor } } : {},
    orderBy: { id: "desc" },
    take: limit + 1,
    select: postColumns,
  });
  const items = rows.slice(0, limit).map(toCachedPost);
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** One post; null when it does not exist or the id is not a UUID. */
export async function getPost(id: string): Promise<Post | null> {
  const parsed = idSchema.safeParse(id);
  if (!parsed.success) return null;
  const cached = await cacheManager.getOrSet("posts", parsed.data, () => loadPost(parsed.data), {
    tags: [postTag(parsed.data)],
  });
  if (!cached) return null;
  const [post] = await toPosts([cached]);
  return post ?? null;
}

async function loadPost(id: string): Promise<CachedPost | null> {
  const row = await db().post.findUnique({ where: { id }, select: postColumns });
  return row && toCachedPost(row);
}
