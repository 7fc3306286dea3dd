import { findBox, readBoxes } from "./boxes";

/** Types that file-type gives to MP4 and 3GP files, whose first bytes say nothing of what they contain. */
const CONTAINER_TYPES = new Set(["video/mp4", "video/3gpp", "video/3gpp2"]);

/**
 * Whether a file is sound in an MP4 or 3GP container, as the recorders of Android and ffmpeg write it: it has the
 * directory of a complete file, and no track of it is a picture.
 */
export function isMp4Sound(bytes: Uint8Array, containerType: string): boolean {
  const movie = CONTAINER_TYPES.has(containerType) ? findBox(bytes, "moov") : undefined;
  if (!movie) return false;
  for (const track of readBoxes(bytes, movie.bodyStart, movie.end)) {
    if (track.type === "trak" && !isSoundOrText(bytes, track)) return false;
  }
  return true;
}

/** Handlers of tracks that show no picture: sound, chapters, timed metadata. */
const HARMLESS_HANDLERS = new Set(["soun", "text", "sbtl", "meta", "hint", "tmcd"]);

function isSoundOrText(bytes: Uint8Array, track: { bodyStart: number; end: number }): boolean {
  const media = findBox(bytes, "mdia", track);
  const handler = media && findBox(bytes, "hdlr", media);
  // Version and flags, four bytes of another time, the handler.
  const start = (handler?.bodyStart ?? 0) + 8;
  return (
    handler !== undefined &&
    HARMLESS_HANDLERS.has(Buffer.from(bytes.subarray(start, start + 4)).toString("latin1"))
  );
}

/** Boxes with a place or a camera's notes: Apple's and Android's `©xyz`, 3GP's `loci`, and QuickTime's own metadata. */
const PLACE_BOXES = new Set(["\u00a9xyz", "loci"]);

/**
 * Blanks the place of a recording, in place: other parts of the file are found by their position. Title and artist stay.
 * @returns the same bytes when there is none
 */
export function stripMp4Place(bytes: Uint8Array): Uint8Array {
  const movie = findBox(bytes, "moov");
  if (!movie) return bytes;
  const userData = [...readBoxes(bytes, movie.bodyStart, movie.end)].filter(({ type }) => type === "udta");
  const places = userData
    .flatMap((box) => [...readBoxes(bytes, box.bodyStart, box.end)])
    .filter(({ type }) => PLACE_BOXES.has(type));
  // In QuickTime's form the movie itself has keys, such as com.apple.quicktime.location.ISO6709.
  const keyed = findBox(bytes, "meta", movie);
  const boxes = keyed ? [...places, keyed] : places;
  if (boxes.length === 0) return bytes;
  const stripped = Buffer.from(bytes);
  for (const { start, bodyStart, end } of boxes) {
    stripped.write("free", start + 4, "latin1");
    stripped.fill(0, bodyStart, end);
  }
  return stripped;
}
