import { cacheManager } from "../cache";
import type { Transaction } from "../db";
import { FEED_TAG, postTag } from "./post";

/** Invalidates the feed and an author's cached posts, in the transaction that changes the author's name. */
export async function invalidateAuthorPosts(tx: Transaction, authorId: string): Promise<void> {
  const posts = await tx.post.findMany({ where: { authorId }, select: { id: true } });
  await cacheManager.invalidateAfterCommit(tx, [FEED_TAG, ...posts.map(({ id }) => postTag(id))]);
}
