import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { Caller } from "../core/access-token";
import { now } from "../core/clock";
import { defer } from "../core/defer";
import { AppError } from "../core/errors";
import { afterCommit, claimIdempotencyKey, type Transaction, transaction } from "../db";
import {
  MAX_CANCELLED_UPLOAD_BYTES,
  MAX_CANCELLED_UPLOADS,
  MAX_UPLOAD_BYTES_PER_USER,
  MAX_UPLOADS_PER_USER,
  UPLOAD_TOKEN_VALID_MS,
} from "../schemas/limits";
import type { newUploadSchema, uploadTokenSchema } from "../schemas/media-file";
import { createUploadToken } from "../storage";
import { requireCoversAvailable, requireScratchSpace, requireSoundAvailable } from "./availability";
import { deleteAfterCommit } from "./delete-files";
import { sanitizeName } from "./file-name";
import { lockOwner } from "./lock-owner";
import { dayFolder } from "./pathname";
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

/** How long an upload that has not arrived gets new tokens, from its beginning on. */
export const UPLOAD_RENEWED_FOR_MS = 24 * 3_600_000;

/**
 * Begins an upload: a row that reserves its part of the quota, and a token with which the browser sends exactly so many
 * bytes to one pathname of the store, once. A browser that never does leaves the row to the daily tidy.
 *
 * Safe to repeat with the same key: it is one file, with a new token for it within a day; once it has arrived, with an expired one.
 *
 * @throws {AppError} conflict when the quota is exceeded, or the key was used for another upload; not_available when
 *         sound or covers are not taken here; payload_too_large for a sound that cannot be processed here; unavailable without a store; unauthenticated when the account no longer
 *         exists; not_found when the key's file was deleted since
 */
export async function startUpload(
  caller: Caller,
  input: z.output<typeof newUploadSchema>,
  key?: string,
): Promise<z.infer<typeof uploadTokenSchema>> {
  const { purpose, bytes } = input;
  if (purpose === "audio") {
    requireSoundAvailable();
    requireScratchSpace(bytes);
  } else requireCoversAvailable();
  const { userId } = caller;
  const { id, pathname, hasArrived } = await transaction(async (tx) => {
    await lockOwner(tx, userId);
    const { id, isRepeat } = await claimIdempotencyKey(tx, { userId, scope: "upload", key, input });
    if (isRepeat) {
      const row = await tx.mediaFile.findFirst({
        where: { id, ownerId: userId, cancelledAt: null },
        select: { pathname: true, status: true, createdAt: true },
      });
      // Later the daily tidy may take it at any moment.
      const isTooOld = row?.status === "uploading" && now() - row.createdAt.getTime() > UPLOAD_RENEWED_FOR_MS;
      if (!row || isTooOld) throw new AppError("not_found", { message: "file_not_found" });
      return { id, pathname: row.pathname, hasArrived: row.status !== "uploading" };
    }
    await disownExpired(tx, userId);
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
    return { id, pathname, hasArrived: false };
  });
  const clientToken = await createUploadToken({
    pathname,
    maxBytes: bytes,
    contentTypes: DECLARED_TYPES[purpose],
    callbackPath: COMPLETION_PATH,
    callbackPayload: id,
    // What has arrived is not sent again.
    validMs: hasArrived ? 0 : UPLOAD_TOKEN_VALID_MS,
  });
  return {
    file: await getUpload(caller, id),
    upload: { pathname, clientToken, multipart: bytes > MULTIPART_FROM_BYTES },
  };
}

/** A multipart upload that has begun with a valid token may end a little later. */
const EXPIRY_MARGIN_MS = 10 * 60_000;

/** Of the owner's cancelled uploads, those whose bytes can no longer arrive; what has arrived is deleted then. */
async function disownExpired(tx: Transaction, ownerId: string): Promise<void> {
  const cancelledBefore = new Date(now() - UPLOAD_TOKEN_VALID_MS - EXPIRY_MARGIN_MS);
  const { count } = await tx.mediaFile.updateMany({
    where: { ownerId, cancelledAt: { lt: cancelledBefore } },
    data: { ownerId: null },
  });
  if (count > 0) afterCommit(tx, () => defer(deleteAfterCommit));
}

async function requireUploadQuota(tx: Transaction, ownerId: string, bytes: number): Promise<void> {
  const groups = await tx.$queryRaw<{ isCancelled: boolean; files: number; bytes: number }[]>`
SELECT "cancelledAt" IS NOT NULL AS "isCancelled", count(*)::int AS files, sum(bytes)::float8 AS bytes FROM "MediaFile"
WHERE "ownerId" = ${ownerId}::uuid AND purpose <> 'attachment' GROUP BY 1`;
  let files = 0;
  let usedBytes = 0;
  for (const group of groups) {
    files += Math.max(0, group.files - (group.isCancelled ? MAX_CANCELLED_UPLOADS : 0));
    usedBytes += Math.max(0, group.bytes - (group.isCancelled ? MAX_CANCELLED_UPLOAD_BYTES : 0));
  }
  if (files >= MAX_UPLOADS_PER_USER) throw new AppError("conflict", { message: "too_many_uploads" });
  if (usedBytes + bytes > MAX_UPLOAD_BYTES_PER_USER)
    throw new AppError("conflict", { message: "uploads_full" });
}
