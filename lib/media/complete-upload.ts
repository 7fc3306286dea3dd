import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import { log } from "../core/log";
import { db, transaction } from "../db";
import { idSchema } from "../schemas/id";
import type { UploadedFile } from "../schemas/media-file";
import { headBlob, readUploadCallback } from "../storage";
import { backgroundTaskService } from "../tasks";
import { fileSubject } from "./file-subject";
import { refuseFile } from "./refuse-file";
import { getUpload, processingTaskKey } from "./uploaded-file";

/**
 * The owner's browser reports that it has sent a file. Safe to repeat, also beside the store's own report.
 *
 * @throws {AppError} not_found; conflict while the store does not have the file; unavailable when the store is down
 */
export async function finishUpload(caller: Caller, id: string): Promise<UploadedFile> {
  const { status } = await getUpload(caller, id);
  if (status === "uploading" && !(await completeUpload(id)))
    throw new AppError("conflict", { message: "upload_not_finished" });
  return getUpload(caller, id);
}

/**
 * The store reports that it has received a file. Safe to repeat.
 * @throws {AppError} unauthenticated when the store did not sign the call; bad_request; unavailable: it calls again
 */
export async function receiveUploadCallback(body: string, request: Request): Promise<void> {
  const { pathname, payload } = await readUploadCallback(body, request);
  const id = idSchema.safeParse(payload);
  const file = id.success
    ? await db().mediaFile.findUnique({ where: { id: id.data }, select: { id: true, pathname: true } })
    : null;
  // Deleted meanwhile: the tidy deletes the bytes.
  if (file?.pathname !== pathname) return;
  if (!(await completeUpload(file.id))) log().warn({ fileId: file.id }, "upload reported, but not stored");
}

/**
 * Begins the processing of a file whose bytes are in the store: the status and the task commit together, once. A file
 * of another size than announced is refused.
 *
 * @returns false when the store does not have it
 */
async function completeUpload(id: string): Promise<boolean> {
  const file = await db().mediaFile.findFirst({
    where: { id, status: "uploading", ownerId: { not: null }, cancelledAt: null },
    select: { pathname: true },
  });
  if (!file) return true;
  const blob = await headBlob(file.pathname);
  if (!blob) return false;
  await transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ bytes: number; purpose: string; ownerId: string }[]>`
SELECT bytes, purpose, "ownerId" FROM "MediaFile"
WHERE id = ${id}::uuid AND status = 'uploading' AND "ownerId" IS NOT NULL AND "cancelledAt" IS NULL FOR UPDATE`;
    if (!row) return;
    if (blob.bytes !== row.bytes) return refuseFile(tx, id, "incomplete");
    await tx.mediaFile.update({ where: { id }, data: { status: "processing" } });
    await backgroundTaskService.processFile(
      { fileId: id, operation: row.purpose === "audio" ? "metadata" : "preview" },
      { tx, key: processingTaskKey(id), ownerId: row.ownerId, subject: fileSubject(id) },
    );
  });
  return true;
}
