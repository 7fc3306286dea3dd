import type { z } from "zod";
import { cacheManager } from "../cache";
import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { claimIdempotencyKey, db, isForeignKeyViolation, type Transaction, transaction } from "../db";
import { requireUsableUploads } from "../media";
import type { newPostSchema, Post, postChangesSchema } from "../schemas/post";
import { lockOwnPost, type OwnPost } from "./lock-own-post";
import { postColumns, postTags, toCachedPost, toPosts } from "./read-posts";

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

/**
 * Checks that no other post has a sound. The lock on the sound's row (`requireUsableUploads`) makes two posts with it
 * come one after the other.
 *
 * @throws {AppError} conflict
 */
async function requireUnposted(tx: Transaction, audioFileId: string | null): Promise<void> {
  if (audioFileId === null) return;
  if (await tx.post.findFirst({ where: { audioFileId }, select: { id: true } }))
    throw new AppError("conflict", { message: "sound_already_posted", field: "audioFileId" });
}

/** The columns of what a client sends. */
function toPostRow<Input extends { visibility?: Post["visibility"] | undefined }>({
  visibility,
  ...columns
}: Input) {
  return { ...columns, ...(visibility === undefined ? {} : { isListed: visibility === "public" }) };
}
