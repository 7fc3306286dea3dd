import type { RecordTags } from "../cache";
import type { Transaction } from "../db";
import { FEED_TAG, postTag } from "./post";

/**
 * Deletes all posts of an account, with the views of them, in the transaction that deletes the account. The account
 * must be locked: nobody adds a post then.
 *
 * @param recordTags  of the cache, so that feeds and pages forget them with the commit
 * @returns their ids, for what Redis counts of them (lib/views)
 */
export async function deleteAccountPosts(
  tx: Transaction,
  authorId: string,
  recordTags: RecordTags,
): Promise<string[]> {
  const posts = await tx.post.findMany({ where: { authorId }, select: { id: true }, orderBy: { id: "asc" } });
  if (posts.length === 0) return [];
  const ids = posts.map(({ id }) => id);
  await recordTags(tx, [FEED_TAG, ...ids.map(postTag)]);
  await tx.post.deleteMany({ where: { authorId } });
  return ids;
}
