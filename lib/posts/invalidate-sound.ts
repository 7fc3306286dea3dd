import { cacheManager } from "../cache";
import type { Transaction } from "../db";
import { FEED_TAG, postTag } from "./read-posts";

/**
 * Invalidates the feed and the posts with a sound, in the transaction that changes what is known of it.
 * @returns the posts' ids
 */
export async function invalidatePostsWithSound(tx: Transaction, fileId: string): Promise<string[]> {
  const posts = await tx.post.findMany({ where: { audioFileId: fileId }, select: { id: true } });
  const ids = posts.map(({ id }) => id);
  if (ids.length > 0) await cacheManager.invalidateAfterCommit(tx, [FEED_TAG, ...ids.map(postTag)]);
  return ids;
}
