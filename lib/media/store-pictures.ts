import { failpoint } from "../core/failpoint";
import { newId } from "../core/ids";
import type { Prisma } from "../db";
import { putPublicBlob } from "../storage";
import type { Pictures } from "./make-pictures";
import { variantPathname } from "./pathname";

export type NewVariant = Omit<Prisma.MediaVariantCreateManyInput, "fileId">;

/**
 * Stores a cover's pictures for everybody, before any row names them. Safe to repeat: the same picture gets the same
 * name.
 *
 * @param original  the cover's pathname in the private store
 * @returns the rows to write
 * @throws {AppError} unavailable
 */
export async function storePictures(original: string, { pictures }: Pictures): Promise<NewVariant[]> {
  const variants: NewVariant[] = [];
  for (const { format, width, height, bytes, sha256 } of pictures) {
    const type = `image/${format}`;
    const pathname = variantPathname(original, `image/${format}/${width}`, format);
    await putPublicBlob(pathname, bytes, type);
    await failpoint("media.variant.stored");
    const size = { width, height, bytes: bytes.length };
    variants.push({ id: newId(), kind: "image", format, type, pathname, sha256, ...size });
  }
  return variants;
}
