import { cacheManager } from "../cache";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { transaction } from "../db";
import { requireUsableUploads } from "../media";
import type { Post } from "../schemas/post";
import { postColumns, postTags, toCachedPost, toPosts } from "./read-posts";
import { requireUnposted } from "./require-unposted";

/**
 * Gives a post whose track failed another uploaded sound. What plays is never exchanged: people know it under
 * this title. Safe to repeat.
 *
 * @throws {AppError} not_found for a post that does not exist; forbidden for another author's; conflict when the post
 *         has no track that failed, or the sound is in another post; what `requireUsableUploads` throws for the sound
 */
export async function replaceTrack(caller: Caller, postId: string, audioFileId: string): Promise<Post> {
  const row = await transaction(async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM "Post" WHERE id = ${postId}::uuid FOR UPDATE`;
    const current = await tx.post.findUnique({
      where: { id: postId },
      select: {
        authorId: true,
        audioFileId: true,
        audioFile: { select: { status: true, track: { select: { status: true } } } },
      },
    });
    if (!current) throw new AppError("not_found", { message: "post_not_found" });
    if (current.authorId !== caller.userId) throw new AppError("forbidden");
    if (current.audioFileId !== audioFileId) {
      const { audioFile } = current;
      const hasFailed = audioFile?.status === "refused" || audioFile?.track?.status === "failed";
      if (!hasFailed) throw new AppError("conflict", { message: "track_not_failed" });
      await requireUsableUploads(tx, caller, { audioFileId, coverFileId: null });
      await requireUnposted(tx, audioFileId);
      await cacheManager.invalidateAfterCommit(tx, postTags(postId));
    }
    return tx.post.update({ where: { id: postId }, data: { audioFileId }, select: postColumns });
  });
  const [post] = await toPosts([toCachedPost(row)]);
  if (!post) throw new Error("changed post has no row");
  return post;
}
