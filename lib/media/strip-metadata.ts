import { AppError } from "../core/errors";
import type { MediaType } from "./media-types";
import { stripMp4Place } from "./mp4-sound";
import { stripAvif } from "./strip-avif";
import { stripGif } from "./strip-gif";
import { stripJpeg } from "./strip-jpeg";
import { stripPng } from "./strip-png";
import { stripWebp } from "./strip-webp";

/** Returns null for a file that is not built like one of its type. */
type Strip = (bytes: Uint8Array) => Uint8Array | null;

const strips: Partial<Record<MediaType, Strip>> = {
  "image/jpeg": stripJpeg,
  "image/png": stripPng,
  "image/webp": stripWebp,
  "image/gif": stripGif,
  "image/avif": stripAvif,
  "audio/mp4": stripMp4Place,
};

/**
 * Removes the metadata of a recording from a file: where and when a photo was taken, with which camera, by whom. Pixels and
 * sound are not decoded and stay as they are; so does the orientation, and the colour profile. The order of
 * reading is that of the file's parts; a file whose parts cannot be read is refused, since it may hide anything.
 *
 * @throws {AppError} unsupported_media_type
 */
export function stripMetadata(bytes: Uint8Array, type: MediaType): Uint8Array {
  const strip = strips[type];
  if (!strip) return bytes;
  const stripped = strip(bytes);
  if (!stripped) throw new AppError("unsupported_media_type", { message: "picture_unreadable" });
  // A copy of its own: readers of a header may go over the end of a Buffer, into memory that it shares with others.
  return stripped === bytes ? bytes : new Uint8Array(stripped);
}
