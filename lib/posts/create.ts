import type { z } from "zod";
import { cacheManager } from "../cache";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { claimIdempotencyKey, db, isForeignKeyViolation, transaction } from "../db";
import { requireUsableUploads } from "../media";
import type { newPostSchema, Post } from "../schemas/post";
import { postColumns, postTags, toCachedPost, toPosts } from "./read-posts";
import { requireUnposted } from "./require-unposted";
import { toPostRow } from "./to-post-row";

/**
 * Publishes a post; feeds show it immediately. Safe to repeat with the same key: it is one post.
 *
 * A sound that is still processed plays when it is ready; pages learn of it.
 *
 * @throws {AppError} unauthenticated when the author's account no longer exists; conflict when the key was used for
 *         another post, or the sound is in one; not_found when the key's post was deleted since; what
 *         `requireUsableUploads` throws for the sound and the cover
 */
export async function createPost(
  caller: Caller,
  input: z.output<typeof newPostSchema>,
  key?: string,
): Promise<Post> {
  const { userId } = caller;
  const user = await db().user.findUnique({ where: { id: userId, deletedAt: null }, select: { id: true } });
  if (!user) throw new AppError("unauthenticated");
  const row = await transaction(async (tx) => {
    const { id, isRepeat } = await claimIdempotencyKey(tx, { userId, scope: "post", key, input });
    if (isRepeat) return tx.post.findUnique({ where: { id }, select: postColumns });
    await requireUsableUploads(tx, caller, input);
    await requireUnposted(tx, input.audioFileId);
    await cacheManager.invalidateAfterCommit(tx, postTags(id));
    return tx.post.create({ data: { id, authorId: userId, ...toPostRow(input) }, select: postColumns });
  }).catch((error: unknown) => {
    // The account was deleted after the check above.
    if (isForeignKeyViolation(error)) throw new AppError("unauthenticated", { cause: error });
    throw error;
  });
  if (!row) throw new AppError("not_found", { message: "post_not_found" });
  const [post] = await toPosts([toCachedPost(row)]);
  if (!post) throw new Error("created post has no row");
  return post;
}
