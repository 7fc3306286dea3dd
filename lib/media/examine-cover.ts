import { buffer } from "node:stream/consumers";
import type { Transaction } from "../db";
import { openBlob } from "../storage";
import { sanitizeName } from "./file-name";
import { FileRefusedError } from "./file-refused-error";
import { invalidateFileUsers } from "./file-users";
import { makePictures, type Pictures } from "./make-pictures";
import { mediaTypes } from "./media-types";
import { type NewVariant, storePictures } from "./store-pictures";

/** A cover whose pictures are stored. */
export interface ExaminedCover extends Omit<Pictures, "pictures"> {
  variants: NewVariant[];
}

/** @throws {FileRefusedError}; {AppError} unavailable when a store is down */
export async function examineCover(
  { pathname, bytes }: { pathname: string; bytes: number },
  signal: AbortSignal,
): Promise<ExaminedCover> {
  const blob = await openBlob(pathname, { signal });
  if (!blob) throw new FileRefusedError("incomplete");
  const original = await buffer(blob.body);
  if (original.length !== bytes) throw new Error(`blob ended after ${original.length} of ${bytes} bytes`);
  return toExaminedCover(pathname, original);
}

/** @param pathname  of the original, in the private store */
export async function toExaminedCover(pathname: string, original: Uint8Array): Promise<ExaminedCover> {
  const { pictures, ...found } = await makePictures(original);
  return { ...found, variants: await storePictures(pathname, { pictures, ...found }) };
}

/** Writes what was found of a cover whose row is locked: from now on pages show its pictures. Safe to repeat. */
export async function saveCover(tx: Transaction, fileId: string, cover: ExaminedCover): Promise<void> {
  const { type, sha256, width, height, placeholder, variants } = cover;
  const { name } = await tx.mediaFile.findUniqueOrThrow({ where: { id: fileId }, select: { name: true } });
  await tx.mediaFile.update({
    where: { id: fileId },
    data: {
      ...{ type, sha256, width, height, placeholder },
      ...{ name: sanitizeName(name, mediaTypes[type]), status: "ready", problem: null },
    },
  });
  await tx.mediaVariant.deleteMany({ where: { fileId, kind: "image" } });
  await tx.mediaVariant.createMany({ data: variants.map((variant) => ({ ...variant, fileId })) });
  await invalidateFileUsers(tx, fileId);
}
