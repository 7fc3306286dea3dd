import { exifWithOrientation, readExifOrientation } from "./exif-orientation";

/** `RIFF`, the size of what follows, `WEBP`. */
const FILE_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const NEEDED_CHUNKS = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"]);
/** Bits of VP8X that announce the chunks EXIF and XMP. */
const EXIF_FLAG = 0x08;
const XMP_FLAG = 0x04;

/**
 * Removes what a WebP says about its making. The orientation stays.
 * @returns null for a file that is not built like a WebP
 */
export function stripWebp(bytes: Uint8Array): Uint8Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Buffer[] = [];
  let orientation = 1;
  for (let position = FILE_HEADER_BYTES; position + CHUNK_HEADER_BYTES <= bytes.length; ) {
    const size = view.getUint32(position + 4, true);
    // A picture that was not sent to its end is still shown in part.
    const dataEnd = Math.min(position + CHUNK_HEADER_BYTES + size, bytes.length);
    const type = Buffer.from(bytes.subarray(position, position + 4)).toString("latin1");
    // Chunks have an even length.
    const end = Math.min(dataEnd + (size % 2), bytes.length);
    if (NEEDED_CHUNKS.has(type)) kept.push(Buffer.from(bytes.subarray(position, end)));
    else if (type === "EXIF") {
      orientation = readExifOrientation(
        withoutJpegHeader(bytes.subarray(position + CHUNK_HEADER_BYTES, dataEnd)),
      );
    }
    position = end;
  }
  const extended = kept.find((chunk) => chunk.toString("latin1", 0, 4) === "VP8X");
  if (extended && extended.length > CHUNK_HEADER_BYTES) {
    const flags = (extended[CHUNK_HEADER_BYTES] ?? 0) & ~(EXIF_FLAG | XMP_FLAG);
    extended[CHUNK_HEADER_BYTES] = orientation === 1 ? flags : flags | EXIF_FLAG;
    if (orientation !== 1) kept.push(chunk("EXIF", exifWithOrientation(orientation)));
  }
  if (kept.length === 0) return null;
  const body = Buffer.concat(kept);
  const header = Buffer.from(bytes.subarray(0, FILE_HEADER_BYTES));
  header.writeUInt32LE(FILE_HEADER_BYTES - 8 + body.length, 4);
  return Buffer.concat([header, body]);
}

/** Some programs write the header of JPEG's EXIF segment here too. */
function withoutJpegHeader(exif: Uint8Array): Uint8Array {
  return Buffer.from(exif.subarray(0, 6)).toString("latin1") === "Exif\0\0" ? exif.subarray(6) : exif;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const header = Buffer.alloc(CHUNK_HEADER_BYTES);
  header.write(type, 0, "latin1");
  header.writeUInt32LE(data.length, 4);
  return Buffer.concat([header, data, Buffer.alloc(data.length % 2)]);
}
