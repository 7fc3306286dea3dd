import type { RecordTags } from "../cache";
import type { Transaction } from "../db";
import { FEED_TAG, postTag } from "./post";

/**
 * Notes what is cached of an author's posts, in the transaction of a change of what they say of their author.
 * @param recordTags  of the cache, so that feeds and pages show the new name with the commit
 */
export async function recordAuthorPostTags(
  tx: Transaction,
  authorId: string,
  recordTags: RecordTags,
): Promise<void> {
  const posts = await tx.post.findMany({ where: { authorId }, select: { id: true } });
  await recordTags(tx, [FEED_TAG, ...posts.map(({ id }) => postTag(id))]);
}
