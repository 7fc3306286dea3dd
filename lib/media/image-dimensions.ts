import { imageSize } from "image-size";
import { AppError } from "../core/errors";
import { MAX_PICTURE_PIXELS, MAX_PICTURE_SIDE } from "./limits";
import type { MediaType } from "./media-types";

/** What image-size calls those that are taken. */
const FORMATS: Partial<Record<MediaType, readonly string[]>> = {
  "image/png": ["png"],
  "image/jpeg": ["jpg"],
  "image/webp": ["webp"],
  "image/gif": ["gif"],
  "image/avif": ["avif", "heif"],
};

/** EXIF: from here on a camera was held upright, and width and height change places. */
const FIRST_UPRIGHT = 5;

/**
 * How large a picture says it is, the way it is looked at; null for what is no picture.
 * @throws {AppError} unsupported_media_type when it does not say so; payload_too_large
 */
export function pictureSize(bytes: Uint8Array, type: MediaType): { width: number; height: number } | null {
  const formats = FORMATS[type];
  if (!formats) return null;
  const size = readSize(bytes);
  if (!size || !formats.includes(size.type ?? "") || !(size.width > 0) || !(size.height > 0)) {
    throw new AppError("unsupported_media_type", { message: "picture_unreadable" });
  }
  const { width, height, orientation = 1 } = size;
  if (Math.max(width, height) > MAX_PICTURE_SIDE || width * height > MAX_PICTURE_PIXELS) {
    throw new AppError("payload_too_large", { message: "picture_too_large" });
  }
  return orientation >= FIRST_UPRIGHT ? { width: height, height: width } : { width, height };
}

function readSize(bytes: Uint8Array) {
  try {
    return imageSize(bytes);
  } catch {
    return null;
  }
}
