import { cacheManager } from "../cache";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { db, transaction } from "../db";
import { deleteCachedViews } from "../views";
import { erasePosts } from "./erase-posts";
import { lockOwnPost } from "./lock-own-post";
import { postTags } from "./read-posts";

/**
 * Deletes the caller's own post: from the commit on nothing shows it, and links to it say that it is gone. Its views,
 * plays and links are removed later ({@link tidyPosts}), since there may be millions. What was sold with its sound stays,
 * and the sound can be posted again.
 *
 * @throws {AppError} not_found for a post that does not exist (any more); forbidden for another author's; conflict for
 *         one that was minted: its token shows the post's sound for good. It can be made unlisted.
 */
export async function deletePost(caller: Caller, id: string): Promise<void> {
  await transaction(async (tx) => {
    await lockOwnPost(tx, caller, id);
    const where = { postId: id, state: { not: "failed" } } as const;
    if (await tx.mint.findFirst({ where, select: { id: true } }))
      throw new AppError("conflict", { message: "post_minted" });
    await cacheManager.invalidateAfterCommit(tx, postTags(id));
    await tx.post.update({
      where: { id },
      data: { deletedAt: new Date(now()), audioFileId: null, coverFileId: null },
      select: { id: true },
    });
  });
  await deleteCachedViews([id]);
}

/** Posts that one batch looks at. */
const BATCH_SIZE = 100;

/**
 * Removes the rows of deleted posts, in batches. Safe to repeat; the next run continues.
 * @returns how many rows
 */
export async function tidyPosts(deadlineMs: number): Promise<number> {
  let removed = 0;
  while (now() < deadlineMs) {
    const posts = await db().post.findMany({
      where: { deletedAt: { not: null } },
      orderBy: { id: "desc" },
      take: BATCH_SIZE,
      select: { id: true },
    });
    if (posts.length === 0) break;
    removed += await erasePosts(posts.map(({ id }) => id));
  }
  return removed;
}
