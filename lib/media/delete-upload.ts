import type { Caller } from "../core/access-token";
import { defer } from "../core/defer";
import { AppError } from "../core/errors";
import { afterCommit, transaction } from "../db";
import { deleteAfterCommit } from "./delete-files";

/**
 * Deletes an upload of the caller's that no post and no product uses; its bytes and variants follow, right after the
 * commit or by the daily tidy.
 *
 * @throws {AppError} not_found, also for another user's file and for a file of a chat; conflict when it is in use
 */
export async function deleteUpload({ userId }: Caller, id: string): Promise<void> {
  await transaction(async (tx) => {
    const rows = await tx.$queryRaw<unknown[]>`
SELECT 1 FROM "MediaFile" WHERE id = ${id}::uuid AND "ownerId" = ${userId}::uuid AND purpose <> 'attachment' FOR UPDATE`;
    if (rows.length === 0) throw new AppError("not_found", { message: "file_not_found" });
    // A later statement than the lock, so that it sees every post that was made before.
    const unused = await tx.mediaFile.findFirst({
      where: {
        id,
        ...{ postsWithAudio: { none: {} }, postsWithCover: { none: {} } },
        ...{ productsWithAudio: { none: {} }, productsWithCover: { none: {} } },
        embeddedIn: null,
      },
      select: { track: { select: { embeddedCoverId: true } } },
    });
    if (!unused) throw new AppError("conflict", { message: "upload_in_use" });
    const embeddedCoverId = unused.track?.embeddedCoverId;
    const ids = [id, ...(embeddedCoverId ? [embeddedCoverId] : [])];
    await tx.mediaFile.updateMany({
      where: {
        id: { in: ids },
        ...{ postsWithCover: { none: {} }, productsWithCover: { none: {} } },
      },
      data: { ownerId: null, name: "" },
    });
    afterCommit(tx, () => defer(deleteAfterCommit));
  });
}
