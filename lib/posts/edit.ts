import type { z } from "zod";
import { cacheManager } from "../cache";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { type Transaction, transaction } from "../db";
import { requireUsableUploads } from "../media";
import type { Post, postChangesSchema } from "../schemas/post";
import { lockOwnPost, type OwnPost } from "./lock-own-post";
import { postColumns, postTags, toCachedPost, toPosts } from "./read-posts";
import { requireUnposted } from "./require-unposted";
import { toPostRow } from "./to-post-row";

/**
 * Changes the caller's own post. What plays is never exchanged, since people know it under this title: another sound is
 * taken only where the track failed. Tokens of the post keep the title and the cover that they were minted with. Safe to
 * repeat.
 *
 * @throws {AppError} not_found for a post that does not exist; forbidden for another author's; conflict for a sound when
 *         the post has no track that failed, or when the sound is in another post; what `requireUsableUploads` throws
 */
export async function editPost(
  caller: Caller,
  postId: string,
  changes: z.output<typeof postChangesSchema>,
): Promise<Post> {
  const row = await transaction(async (tx) => {
    const current = await lockOwnPost(tx, caller, postId);
    const { audioFileId = current.audioFileId, coverFileId = current.coverFileId } = changes;
    const hasNewSound = audioFileId !== current.audioFileId;
    const hasNewCover = coverFileId !== current.coverFileId;
    if (hasNewSound && !hasFailedTrack(current))
      throw new AppError("conflict", { message: "track_not_failed" });
    await requireUsableUploads(tx, caller, {
      audioFileId: hasNewSound ? audioFileId : null,
      coverFileId: hasNewCover ? coverFileId : null,
    });
    if (hasNewSound) await requireUnposted(tx, audioFileId);
    return writePost(tx, postId, changes);
  });
  const [post] = await toPosts([toCachedPost(row)]);
  if (!post) throw new Error("changed post has no row");
  return post;
}

async function writePost(tx: Transaction, id: string, changes: z.output<typeof postChangesSchema>) {
  await cacheManager.invalidateAfterCommit(tx, postTags(id));
  return tx.post.update({ where: { id }, data: toPostRow(changes), select: postColumns });
}

function hasFailedTrack({ audioFile }: OwnPost): boolean {
  return audioFile?.status === "refused" || audioFile?.track?.status === "failed";
}
