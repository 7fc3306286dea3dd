import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { claimIdempotencyKey, type Transaction, transaction } from "../db";
import { MAX_UPLOAD_BYTES_PER_USER, MAX_UPLOADS_PER_USER } from "../schemas/limits";
import type { newUploadSchema, uploadTokenSchema } from "../schemas/media-file";
import { createUploadToken } from "../storage";
import { sanitizeName } from "./file-name";
import { lockOwner } from "./lock-owner";
import { dayFolder } from "./pathname";
import { requireCoversAvailable, requireSoundAvailable } from "./sound-available";
import { getUpload } from "./uploaded-file";

/** What a browser may declare; it knows some sounds as videos, and others not at all. */
const DECLARED_TYPES = {
  audio: ["audio/*", "video/*", "application/ogg", "application/octet-stream"],
  cover: ["image/*", "application/octet-stream"],
} as const;

/** The SDK's parts are 8 MB, and one request is enough for less. */
const MULTIPART_FROM_BYTES = 5 * 1024 * 1024;

const COMPLETION_PATH = "/api/media/upload/completed";

/** Type of a file that was not examined yet. */
export const UNKNOWN_TYPE = "application/octet-stream";

/**
 * Begins an upload: a row that reserves its part of the quota, and a token with which the browser sends exactly so many
 * bytes to one pathname of the store, once. A browser that never does leaves the row to the daily tidy.
 *
 * Safe to repeat with the same key: it is one file, with a new token for it.
 *
 * @throws {AppError} conflict when the quota is exceeded, or the key was used for another upload; not_available when
 *         sound or covers are not taken here; unavailable without a store; unauthenticated when the account no longer
 *         exists; not_found when the key's file was deleted since
 */
export async function startUpload(
  caller: Caller,
  input: z.output<typeof newUploadSchema>,
  key?: string,
): Promise<z.infer<typeof uploadTokenSchema>> {
  const { purpose, bytes } = input;
  if (purpose === "audio") requireSoundAvailable();
  else requireCoversAvailable();
  const { userId } = caller;
  const { id, pathname } = await transaction(async (tx) => {
    await lockOwner(tx, userId);
    const { id, isRepeat } = await claimIdempotencyKey(tx, { userId, scope: "upload", key, input });
    if (isRepeat) {
      const row = await tx.mediaFile.findFirst({
        where: { id, ownerId: userId },
        select: { pathname: true },
      });
      if (!row) throw new AppError("not_found", { message: "file_not_found" });
      return { id, pathname: row.pathname };
    }
    await requireUploadQuota(tx, userId, bytes);
    const createdAt = new Date(now());
    // The id is public, so a random suffix keeps the path secret.
    const pathname = `${dayFolder(createdAt)}${id}-${randomBytes(16).toString("hex")}`;
    const name = sanitizeName(input.name, []);
    await tx.mediaFile.create({
      data: {
        ...{ id, ownerId: userId, name, type: UNKNOWN_TYPE, bytes, pathname, purpose, createdAt },
        status: "uploading",
      },
    });
    return { id, pathname };
  });
  const clientToken = await createUploadToken({
    pathname,
    maxBytes: bytes,
    contentTypes: DECLARED_TYPES[purpose],
    callbackPath: COMPLETION_PATH,
    callbackPayload: id,
  });
  return {
    file: await getUpload(caller, id),
    upload: { pathname, clientToken, multipart: bytes > MULTIPART_FROM_BYTES },
  };
}

async function requireUploadQuota(tx: Transaction, ownerId: string, bytes: number): Promise<void> {
  const [used] = await tx.$queryRaw<{ files: number; bytes: number }[]>`
SELECT count(*)::int AS files, coalesce(sum(bytes), 0)::float8 AS bytes FROM "MediaFile"
WHERE "ownerId" = ${ownerId}::uuid AND purpose <> 'attachment'`;
  const { files = 0, bytes: usedBytes = 0 } = used ?? {};
  if (files >= MAX_UPLOADS_PER_USER) throw new AppError("conflict", { message: "too_many_uploads" });
  if (usedBytes + bytes > MAX_UPLOAD_BYTES_PER_USER)
    throw new AppError("conflict", { message: "uploads_full" });
}
