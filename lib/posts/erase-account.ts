import { cacheManager, FEED_TAG, postTag } from "../cache";
import { db, transaction } from "../db";
import { deleteCachedViews } from "../views";
import { erasePosts } from "./erase-posts";

/** The posts' part of erasing an account whose deletion was requested: no reader loads its posts any more. */

/** Posts that one invalidation, or one deletion, covers. */
const PAGE_SIZE = 500;

/**
 * Invalidates an author's cached posts and deletes their view counts in Redis, newest first.
 * @param hasTime  checked after each page; false ends the call
 */
export async function hideAuthorPosts(authorId: string, hasTime: () => boolean): Promise<void> {
  for (let before: string | undefined; ; ) {
    const ids = await readPageOfIds(authorId, before);
    if (ids.length === 0) return;
    await transaction((tx) => cacheManager.invalidateAfterCommit(tx, [FEED_TAG, ...ids.map(postTag)]));
    await deleteCachedViews(ids);
    before = ids.at(-1);
    if (ids.length < PAGE_SIZE || !hasTime()) return;
  }
}

async function readPageOfIds(authorId: string, before?: string): Promise<string[]> {
  const posts = await db().post.findMany({
    where: { authorId, ...(before === undefined ? {} : { id: { lt: before } }) },
    orderBy: { id: "desc" },
    take: PAGE_SIZE,
    select: { id: true },
  });
  return posts.map(({ id }) => id);
}

/**
 * Erases one batch of an author's newest posts ({@link erasePosts}).
 * @returns how many rows; 0 when no post is left
 */
export async function erasePostBatch(authorId: string): Promise<number> {
  const ids = await readPageOfIds(authorId);
  return ids.length === 0 ? 0 : erasePosts(ids);
}
