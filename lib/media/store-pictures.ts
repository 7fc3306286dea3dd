import { failpoint } from "../core/failpoint";
import { newId } from "../core/ids";
import type { Prisma } from "../db";
import { putPublicBlob } from "../storage";
import { type Attempt, earlierAttempts, picturePathname } from "./attempt-pathname";
import type { Pictures } from "./make-pictures";

export type NewVariant = Omit<Prisma.MediaVariantCreateManyInput, "fileId">;

export interface StoredPictures {
  /** The rows to write. */
  variants: NewVariant[];
  /** Pathnames of what earlier attempts may have stored, which nothing needs once this one has committed. */
  superfluous: string[];
}

/**
 * Stores a cover's pictures for everybody, before any row names them.
 * @throws {AppError} unavailable
 */
export async function storePictures(attempt: Attempt, { pictures }: Pictures): Promise<StoredPictures> {
  const variants: NewVariant[] = [];
  const superfluous: string[] = [];
  for (const { format, width, height, bytes, sha256 } of pictures) {
    const type = `image/${format}`;
    const name = `${width}.${format}`;
    const pathname = picturePathname(attempt, name);
    superfluous.push(...earlierAttempts(attempt).map((earlier) => picturePathname(earlier, name)));
    await putPublicBlob(pathname, bytes, type);
    await failpoint("media.variant.stored");
    const size = { width, height, bytes: bytes.length };
    variants.push({ id: newId(), kind: "image", format, type, pathname, sha256, ...size });
  }
  return { variants, superfluous };
}
