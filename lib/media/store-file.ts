import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { db, type Transaction, transaction } from "../db";
import { deleteBlobs, putBlob } from "../storage";
import { detectType } from "./detect-type";
import { sanitizeFileName } from "./file-name";
import { readImageDimensions } from "./image-dimensions";
import { MAX_BYTES_PER_USER, MAX_FILE_BYTES, MAX_FILES_PER_USER } from "./limits";
import { dayFolder } from "./pathname";

/** A file as people are told of it. */
export const fileSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  type: z.string(),
  bytes: z.int(),
  /** Of a picture, in pixels, the way it is looked at. */
  width: z.int().nullable(),
  height: z.int().nullable(),
});

export type FileView = z.infer<typeof fileSchema>;

interface NewFile {
  /** As it is called where it comes from; it is cleaned. */
  name: string;
  /** What the sender calls it; it is never believed. */
  declaredType: string;
  bytes: Uint8Array;
}

/**
 * Keeps a file for somebody. First the bytes, then the row: a crash in between leaves bytes that nobody can ask for,
 * and the tidy deletes them. There is never a row without bytes.
 *
 * Not safe to repeat: each call keeps another file.
 *
 * @throws {AppError} bad_request for an empty one; payload_too_large; unsupported_media_type; conflict when there is no
 *         room for it; unavailable without the store; unauthenticated when the account is gone
 */
export async function storeFile({ userId }: Caller, file: NewFile): Promise<FileView> {
  const { bytes } = file;
  if (bytes.length === 0) throw new AppError("bad_request", { message: "file_empty" });
  if (bytes.length > MAX_FILE_BYTES) throw new AppError("payload_too_large", { message: "file_too_large" });
  const type = await detectType(bytes, file.declaredType);
  const size = readImageDimensions(bytes, type);
  // Spares the store what would be refused; whether there is room is decided below.
  await requireQuota(db(), userId, bytes.length);

  const id = newId();
  const createdAt = new Date(now());
  // The id is told to others; the rest is not.
  const pathname = `${dayFolder(createdAt)}${id}-${randomBytes(16).toString("hex")}`;
  await putBlob(pathname, bytes, type);
  const row = {
    ...{ id, name: sanitizeFileName(file.name, type), type, bytes: bytes.length },
    ...{ width: size?.width ?? null, height: size?.height ?? null },
  };
  try {
    await transaction(async (tx) => {
      await lockOwner(tx, userId);
      await requireQuota(tx, userId, bytes.length);
      await tx.mediaFile.create({ data: { ...row, ownerId: userId, pathname, createdAt } });
    });
  } catch (error) {
    // Ours: it has certainly not committed. Of anything else nobody knows, and bytes are not taken from a row.
    if (error instanceof AppError) await deleteBlobBestEffort(pathname);
    throw error;
  }
  return row;
}

/** Files of one person are counted one after the other, and none is added to an account that is going. */
async function lockOwner(tx: Transaction, userId: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
SELECT 1 FROM "User" WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
  if (rows.length === 0) throw new AppError("unauthenticated");
}

async function requireQuota(
  client: Pick<Transaction, "mediaFile">,
  ownerId: string,
  bytes: number,
): Promise<void> {
  const { _count: count, _sum: sum } = await client.mediaFile.aggregate({
    where: { ownerId },
    _count: true,
    _sum: { bytes: true },
  });
  if (count >= MAX_FILES_PER_USER) throw new AppError("conflict", { message: "too_many_files" });
  if ((sum.bytes ?? 0) + bytes > MAX_BYTES_PER_USER)
    throw new AppError("conflict", { message: "files_full" });
}

/** The tidy does it when this does not. */
async function deleteBlobBestEffort(pathname: string): Promise<void> {
  try {
    await deleteBlobs([pathname]);
  } catch (error) {
    log().debug({ err: error }, "bytes without a row stay until the tidy");
  }
}
