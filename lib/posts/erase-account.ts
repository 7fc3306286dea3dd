import { cacheManager } from "../cache";
import type { Transaction } from "../db";
import { FEED_TAG, postTag } from "./read-posts";

/**
 * Deletes all posts of an account and their views, in the transaction that deletes the account. The account must be
 * locked, so that no post is added meanwhile. The commit invalidates feeds and pages with these posts.
 *
 * @returns their ids, to delete their view counts in Redis (lib/views)
 */
export async function deleteAccountPosts(tx: Transaction, authorId: string): Promise<string[]> {
  const posts = await tx.post.findMany({ where: { authorId }, select: { id: true }, orderBy: { id: "asc" } });
  if (posts.length === 0) return [];
  const ids = posts.map(({ id }) => id);
  await cacheManager.invalidateAfterCommit(tx, [FEED_TAG, ...ids.map(postTag)]);
  await tx.post.deleteMany({ where: { authorId } });
  return ids;
}
