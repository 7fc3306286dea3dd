import { buffer } from "node:stream/consumers";
import type { Transaction } from "../db";
import { openBlob } from "../storage";
import type { TaskContext } from "../tasks";
import type { Attempt } from "./attempt-pathname";
import { deleteBlobsAfterCommit } from "./delete-blobs-after-commit";
import { sanitizeName } from "./file-name";
import { FileRefusedError } from "./file-refused-error";
import { invalidateFileUsers } from "./file-users";
import { makePictures, type Pictures } from "./make-pictures";
import { mediaTypes } from "./media-types";
import { type StoredPictures, storePictures } from "./store-pictures";

/** A cover whose pictures are stored. */
export interface ExaminedCover extends Omit<Pictures, "pictures">, StoredPictures {}

/** @throws {FileRefusedError}; {AppError} unavailable when a store is down */
export async function examineCover(
  { pathname, bytes }: { pathname: string; bytes: number },
  context: TaskContext,
): Promise<ExaminedCover> {
  const blob = await openBlob(pathname, { signal: context.signal });
  if (!blob) throw new FileRefusedError("incomplete");
  const original = await buffer(blob.body);
  if (original.length !== bytes) throw new Error(`blob ended after ${original.length} of ${bytes} bytes`);
  return toExaminedCover(original, context);
}

export async function toExaminedCover(original: Uint8Array, attempt: Attempt): Promise<ExaminedCover> {
  const { pictures, ...found } = await makePictures(original);
  return { ...found, ...(await storePictures(attempt, { pictures, ...found })) };
}

/** Writes what was found of a cover whose row is locked: from now on pages show its pictures. Safe to repeat. */
export async function saveCover(tx: Transaction, fileId: string, cover: ExaminedCover): Promise<void> {
  const { type, sha256, width, height, placeholder, variants, superfluous } = cover;
  const { name } = await tx.mediaFile.findUniqueOrThrow({ where: { id: fileId }, select: { name: true } });
  await tx.mediaFile.update({
    where: { id: fileId },
    data: {
      ...{ type, sha256, width, height, placeholder },
      ...{ name: sanitizeName(name, mediaTypes[type]), status: "ready", problem: null },
    },
  });
  const replaced = await tx.mediaVariant.findMany({
    where: { fileId, kind: "image" },
    select: { pathname: true },
  });
  await tx.mediaVariant.deleteMany({ where: { fileId, kind: "image" } });
  await tx.mediaVariant.createMany({ data: variants.map((variant) => ({ ...variant, fileId })) });
  deleteBlobsAfterCommit(tx, {
    private: [],
    public: [...superfluous, ...replaced.map(({ pathname }) => pathname)],
  });
  await invalidateFileUsers(tx, fileId);
}
