import { imageSize } from "image-size";
import { AppError } from "../core/errors";
import { MAX_IMAGE_PIXELS, MAX_IMAGE_SIDE } from "./limits";
import type { MediaType } from "./media-types";

/** The accepted image types by their names in image-size. */
const IMAGE_FORMATS: Partial<Record<MediaType, readonly string[]>> = {
  "image/png": ["png"],
  "image/jpeg": ["jpg"],
  "image/webp": ["webp"],
  "image/gif": ["gif"],
  "image/avif": ["avif", "heif"],
};

/** From this EXIF orientation on the image is rotated by 90 degrees: width and height are swapped. */
const FIRST_ROTATED_ORIENTATION = 5;

/**
 * Reads an image's dimensions from its header, as displayed; null for a file that is not an image.
 * @throws {AppError} unsupported_media_type when the header has none; payload_too_large
 */
export function readImageDimensions(
  bytes: Uint8Array,
  type: MediaType,
): { width: number; height: number } | null {
  const formats = IMAGE_FORMATS[type];
  if (!formats) return null;
  const size = tryReadSize(bytes);
  if (!size || !formats.includes(size.type ?? "") || !(size.width > 0) || !(size.height > 0)) {
    throw new AppError("unsupported_media_type", { message: "picture_unreadable" });
  }
  const { width, height, orientation = 1 } = size;
  if (Math.max(width, height) > MAX_IMAGE_SIDE || width * height > MAX_IMAGE_PIXELS) {
    throw new AppError("payload_too_large", { message: "picture_too_large" });
  }
  return orientation >= FIRST_ROTATED_ORIENTATION ? { width: height, height: width } : { width, height };
}

function tryReadSize(bytes: Uint8Array) {
  try {
    return imageSize(bytes);
  } catch {
    return null;
  }
}
