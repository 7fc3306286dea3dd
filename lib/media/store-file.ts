import { randomBytes } from "node:crypto";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { claimIdempotencyKey, db, findRepeatedWrite, type Transaction, transaction } from "../db";
import { MAX_FILE_BYTES } from "../schemas/limits";
import type { FileView } from "../schemas/media-file";
import { deleteBlobs, putBlob } from "../storage";
import { detectType } from "./detect-type";
import { sanitizeFileName } from "./file-name";
import { readImageDimensions } from "./image-dimensions";
import { MAX_BYTES_PER_USER, MAX_FILES_PER_USER } from "./limits";
import { lockOwner } from "./lock-owner";
import { dayFolder } from "./pathname";
import { stripMetadata } from "./strip-metadata";

interface NewFile {
  /** The original name; it is sanitized. */
  name: string;
  /** The type that the client declares; it is not trusted. */
  declaredType: string;
  bytes: Uint8Array;
  /** Idempotency key made by the client. */
  key?: string | undefined;
}

/**
 * Stores a file for a user, without the metadata of pictures: first the bytes, then the row. A crash in between leaves
 * bytes that cannot be requested; the tidy deletes them. There is never a row without bytes.
 *
 * Safe to repeat with the same key and bytes: it is one file. Without a key each call stores another.
 *
 * @throws {AppError} bad_request for an empty file; payload_too_large; unsupported_media_type; conflict when the user's
 *         quota is exceeded, or the key was used for another file; not_found when the key's file was deleted since;
 *         unavailable when the store is down; unauthenticated when the account no longer exists
 */
export async function storeFile({ userId }: Caller, file: NewFile): Promise<FileView> {
  if (file.bytes.length === 0) throw new AppError("bad_request", { message: "file_empty" });
  if (file.bytes.length > MAX_FILE_BYTES)
    throw new AppError("payload_too_large", { message: "file_too_large" });
  const write = { userId, scope: "file", key: file.key, input: file.bytes } as const;
  const stored = await findRepeatedWrite(db(), write);
  if (stored !== null) return findFile(db(), stored);
  const type = await detectType(file.bytes, file.declaredType);
  const bytes = stripMetadata(file.bytes, type);
  const size = readImageDimensions(bytes, type);
  // An early check that saves an upload; the quota is enforced below, under a lock.
  await requireQuota(db(), userId, bytes.length);

  const fileId = newId();
  const createdAt = new Date(now());
  // The id is public, so a random suffix keeps the path secret.
  const pathname = `${dayFolder(createdAt)}${fileId}-${randomBytes(16).toString("hex")}`;
  await putBlob(pathname, bytes, type);
  const row = {
    ...{ id: fileId, name: sanitizeFileName(file.name, type), type, bytes: bytes.length },
    ...{ width: size?.width ?? null, height: size?.height ?? null },
  };
  try {
    const concurrent = await transaction(async (tx) => {
      await lockOwner(tx, userId);
      const { id, isRepeat } = await claimIdempotencyKey(tx, write, fileId);
      if (isRepeat) return findFile(tx, id);
      await requireQuota(tx, userId, bytes.length);
      await tx.mediaFile.create({ data: { ...row, ownerId: userId, pathname, createdAt } });
      return null;
    });
    if (!concurrent) return row;
    await deleteBlobBestEffort(pathname);
    return concurrent;
  } catch (error) {
    // An AppError means that nothing was committed. After any other error the row may exist and needs its bytes.
    if (error instanceof AppError) await deleteBlobBestEffort(pathname);
    throw error;
  }
}

/** @throws {AppError} not_found when the file was deleted since */
async function findFile(client: Pick<Transaction, "mediaFile">, id: string): Promise<FileView> {
  const select = { id: true, name: true, type: true, bytes: true, width: true, height: true } as const;
  const row = await client.mediaFile.findUnique({ where: { id }, select });
  if (!row) throw new AppError("not_found", { message: "file_not_found" });
  return row;
}

async function requireQuota(
  client: Pick<Transaction, "mediaFile">,
  ownerId: string,
  bytes: number,
): Promise<void> {
  const { _count: count, _sum: sum } = await client.mediaFile.aggregate({
    where: { ownerId, purpose: "attachment" },
    _count: true,
    _sum: { bytes: true },
  });
  if (count >= MAX_FILES_PER_USER) throw new AppError("conflict", { message: "too_many_files" });
  if ((sum.bytes ?? 0) + bytes > MAX_BYTES_PER_USER)
    throw new AppError("conflict", { message: "files_full" });
}

/** Deletes the bytes of a file that has no row; if it fails, the tidy does it. */
async function deleteBlobBestEffort(pathname: string): Promise<void> {
  try {
    await deleteBlobs([pathname]);
  } catch (error) {
    log().debug({ err: error }, "orphaned bytes not deleted yet: left to the daily tidy");
  }
}
