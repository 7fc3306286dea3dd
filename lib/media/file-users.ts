import { cacheManager, FEED_TAG, personTag, postTag, productTag, SHOP_TAG } from "../cache";
import { afterCommit, type Transaction } from "../db";
import { emit } from "../realtime";
import type { TrackStatus } from "../schemas/enums";

/**
 * Invalidates the cached posts, products and people that show a file, in the transaction that changes the file, its variants or
 * its track. Locks the file's row: a post that is being made with it has committed and is found, or waits and reads
 * what this transaction has written.
 *
 * @returns the posts with sound that play the file or have it as their cover
 */
export async function invalidateFileUsers(tx: Transaction, fileId: string): Promise<string[]> {
  await tx.$executeRaw`SELECT 1 FROM "MediaFile" WHERE id = ${fileId}::uuid FOR UPDATE`;
  const where = { OR: [{ audioFileId: fileId }, { coverFileId: fileId }] };
  const select = { id: true, audioFileId: true } as const;
  const posts = await tx.post.findMany({ where, select });
  const products = await tx.product.findMany({ where, select });
  const people = await tx.user.findMany({
    where: { pictureFileId: fileId, deletedAt: null },
    select: { handle: true },
  });
  const tags = [
    ...people.map(({ handle }) => personTag(handle)),
    ...(posts.length > 0 ? [FEED_TAG, ...posts.map(({ id }) => postTag(id))] : []),
    ...(products.length > 0 ? [SHOP_TAG, ...products.map(({ id }) => productTag(id))] : []),
  ];
  if (tags.length > 0) await cacheManager.invalidateAfterCommit(tx, tags);
  return posts.filter(({ audioFileId }) => audioFileId !== null).map(({ id }) => id);
}

/**
 * {@link invalidateFileUsers}, and publishes the new status of the track to open pages after the commit. Call it after
 * the status was written.
 */
export async function publishTrackChanged(
  tx: Transaction,
  fileId: string,
  status: TrackStatus,
): Promise<void> {
  const postIds = await invalidateFileUsers(tx, fileId);
  afterCommit(tx, () => {
    for (const postId of postIds) emit("views", "track", { postId, status });
  });
}
