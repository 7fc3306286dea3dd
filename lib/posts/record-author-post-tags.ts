import type { RecordTags } from "../cache";
import type { Transaction } from "../db";
import { FEED_TAG, postTag } from "./read-posts";

/**
 * Records the cache tags of an author's posts, in the transaction that changes the author's name.
 * @param recordTags  records cache tags, so that the commit invalidates feeds and pages with the old name
 */
export async function recordAuthorPostTags(
  tx: Transaction,
  authorId: string,
  recordTags: RecordTags,
): Promise<void> {
  const posts = await tx.post.findMany({ where: { authorId }, select: { id: true } });
  await recordTags(tx, [FEED_TAG, ...posts.map(({ id }) => postTag(id))]);
}
