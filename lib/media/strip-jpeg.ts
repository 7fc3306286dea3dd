import { exifWithOrientation, readExifOrientation } from "./exif-orientation";

const FIRST_RESTART = 0xd0;
const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const COMMENT = 0xfe;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
const EXIF_HEADER = "Exif\0\0";
const ICC_HEADER = "ICC_PROFILE\0";

/**
 * Removes what a JPEG says about its making (EXIF, XMP, IPTC, comments, pictures behind the first), without decoding it.
 * What a viewer needs stays: JFIF, colour profile, Adobe's transform, and the orientation as EXIF of its own.
 *
 * @returns null for a file that is not built like a JPEG
 */
export function stripJpeg(bytes: Uint8Array): Uint8Array | null {
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let orientation = 1;
  let position = 2;
  while (position + 4 <= bytes.length) {
    if (bytes[position] !== 0xff) return null;
    const marker = bytes[position + 1] ?? 0;
    // Fill bytes may stand before a marker.
    if (marker === 0xff) {
      position += 1;
      continue;
    }
    if (marker === START_OF_SCAN) {
      kept.push(bytes.subarray(position, findEnd(bytes, position)));
      return concatenate(kept, orientation);
    }
    const end = skipSegment(bytes, position);
    if (end < position + 4 || end > bytes.length) return null;
    const segment = bytes.subarray(position, end);
    if (marker === APP1 && hasHeader(segment, EXIF_HEADER)) {
      if (orientation === 1) orientation = readExifOrientation(segment.subarray(4 + EXIF_HEADER.length));
    } else if (isNeeded(marker, segment)) kept.push(segment);
    position = end;
  }
  return null;
}

function isNeeded(marker: number, segment: Uint8Array): boolean {
  if (marker === COMMENT) return false;
  if (marker < APP0 || marker > APP15) return true;
  return marker === APP0 || marker === APP14 || (marker === APP2 && hasHeader(segment, ICC_HEADER));
}

function hasHeader(segment: Uint8Array, header: string): boolean {
  return Buffer.from(segment.subarray(4, 4 + header.length)).toString("latin1") === header;
}

/** Behind the end of the picture are others, with metadata of their own. A truncated file has no end. */
function findEnd(bytes: Uint8Array, scan: number): number {
  let position = skipSegment(bytes, scan);
  for (let at = bytes.indexOf(0xff, position); at !== -1; at = bytes.indexOf(0xff, position)) {
    const marker = bytes[at + 1] ?? END_OF_IMAGE;
    if (marker === END_OF_IMAGE) return Math.min(at + 2, bytes.length);
    if (marker === 0xff) position = at + 1;
    // A byte of data, or a restart.
    else if (marker === 0 || (marker >= FIRST_RESTART && marker < START_OF_IMAGE)) position = at + 2;
    // A table, or the next scan of a progressive picture.
    else position = skipSegment(bytes, at);
  }
  return bytes.length;
}

function skipSegment(bytes: Uint8Array, position: number): number {
  return position + 2 + (((bytes[position + 2] ?? 0) << 8) | (bytes[position + 3] ?? 0));
}

function concatenate(kept: readonly Uint8Array[], orientation: number): Uint8Array {
  const [start = new Uint8Array([0xff, START_OF_IMAGE]), ...rest] = kept;
  if (orientation === 1) return Buffer.concat([start, ...rest]);
  const exif = exifWithOrientation(orientation);
  const length = 2 + EXIF_HEADER.length + exif.length;
  const segment = [
    Buffer.from([0xff, APP1, length >> 8, length & 0xff]),
    Buffer.from(EXIF_HEADER, "latin1"),
    exif,
  ];
  // JFIF must be the first segment, where there is one.
  const [first, ...others] = rest;
  const jfif = first?.[1] === APP0 ? [first] : [];
  return Buffer.concat([start, ...jfif, ...segment, ...(jfif.length > 0 ? others : rest)]);
}
