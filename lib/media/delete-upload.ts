import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { defer } from "../core/defer";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { afterCommit, type Transaction, transaction } from "../db";
import type { FilePurpose, FileStatus } from "../schemas/enums";
import { UPLOAD_TOKEN_VALID_MS } from "../schemas/limits";
import { deleteBlobsAfterCommit } from "./delete-blobs-after-commit";
import { deleteAfterCommit } from "./delete-files";
import { UNKNOWN_TYPE, UPLOAD_RENEWED_FOR_MS } from "./start-upload";

const TOKEN_EXPIRED_AFTER_MS = UPLOAD_RENEWED_FOR_MS + UPLOAD_TOKEN_VALID_MS;

interface LockedFile {
  id: string;
  status: FileStatus;
  purpose: FilePurpose;
  pathname: string;
  bytes: number;
  createdAt: Date;
}

/**
 * Deletes an upload of the caller's that no post, no product and no profile uses; its bytes and variants follow, right after the
 * commit or by the daily tidy. A row of it stays, hidden from its owner too, while its token may be valid: its bytes may
 * arrive yet, or again, and the quota must know of them.
 *
 * @throws {AppError} not_found, also for another user's file and for a file of a chat; conflict when it is in use
 */
export async function deleteUpload({ userId }: Caller, id: string): Promise<void> {
  await transaction(async (tx) => {
    // With the cover within it, in the order in which posts lock what they use.
    const locked = await tx.$queryRaw<LockedFile[]>`
SELECT f.id::text AS id, f.status::text AS status, f.purpose::text AS purpose, f.pathname, f.bytes, f."createdAt"
FROM "MediaFile" f
WHERE f."ownerId" = ${userId}::uuid AND f.purpose <> 'attachment' AND f."cancelledAt" IS NULL
  AND (f.id = ${id}::uuid OR f.id IN (SELECT "embeddedCoverId" FROM "Track" WHERE "fileId" = ${id}::uuid))
ORDER BY f.id FOR UPDATE`;
    const file = locked.find((row) => row.id === id);
    if (!file) throw new AppError("not_found", { message: "file_not_found" });
    if (file.status === "uploading") {
      await tx.mediaFile.update({ where: { id }, data: { name: "", cancelledAt: new Date(now()) } });
      deleteBlobsAfterCommit(tx, { private: [file.pathname], public: [] });
      return;
    }
    const ids = locked.map((row) => row.id);
    // A later statement than the lock, so that it sees every post that was made before.
    const unused = await tx.mediaFile.findFirst({
      where: {
        id,
        ...{ postsWithAudio: { none: {} }, postsWithCover: { none: {} } },
        ...{ productsWithAudio: { none: {} }, productsWithCover: { none: {} } },
        ...{ usersWithPicture: { none: {} }, embeddedIn: null },
      },
      select: { id: true },
    });
    if (!unused) throw new AppError("conflict", { message: "upload_in_use" });
    await tx.mediaFile.updateMany({
      where: {
        id: { in: ids },
        ...{ postsWithCover: { none: {} }, productsWithCover: { none: {} }, usersWithPicture: { none: {} } },
      },
      data: { ownerId: null, name: "" },
    });
    if (file.createdAt.getTime() > now() - TOKEN_EXPIRED_AFTER_MS) await keepCounting(tx, userId, file);
    afterCommit(tx, () => defer(deleteAfterCommit));
  });
}

/**
 * Leaves a row of a cancelled upload in the place of a deleted one: once its bytes are gone, a client that still
 * has its token may send them again.
 */
async function keepCounting(
  tx: Transaction,
  ownerId: string,
  { id, purpose, pathname, bytes }: LockedFile,
): Promise<void> {
  await tx.mediaFile.update({ where: { id }, data: { pathname: `${pathname}-deleted` } });
  await tx.mediaFile.create({
    data: {
      ...{ id: newId(), ownerId, name: "", type: UNKNOWN_TYPE, bytes, pathname, purpose },
      ...{ status: "uploading", createdAt: new Date(now()), cancelledAt: new Date(now()) },
    },
  });
  deleteBlobsAfterCommit(tx, { private: [pathname], public: [] });
}
