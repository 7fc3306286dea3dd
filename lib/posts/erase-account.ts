import type { NoteTags } from "../cache";
import type { Transaction } from "../db";
import { FEED_TAG, postTag } from "./post";

/**
 * Deletes all posts of an account, with the views of them, in the transaction that deletes the account. The account
 * must be locked: nobody adds a post then.
 *
 * @param note  of the cache, so that feeds and pages forget them with the commit
 * @returns their ids, for what Redis counts of them (lib/views)
 */
export async function deletePostsOf(tx: Transaction, authorId: string, note: NoteTags): Promise<string[]> {
  const posts = await tx.post.findMany({ where: { authorId }, select: { id: true }, orderBy: { id: "asc" } });
  if (posts.length === 0) return [];
  const ids = posts.map(({ id }) => id);
  await note(tx, [FEED_TAG, ...ids.map(postTag)]);
  await tx.post.deleteMany({ where: { authorId } });
  return ids;
}
