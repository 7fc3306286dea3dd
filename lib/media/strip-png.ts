import { crc32 } from "node:zlib";
import { exifWithOrientation, readExifOrientation } from "./exif-orientation";

const SIGNATURE_BYTES = 8;
/** Length and type before a chunk's data, its checksum after it. */
const CHUNK_HEADER_BYTES = 8;
const CHECKSUM_BYTES = 4;

/** What a viewer needs, of still and of animated pictures; text, time, EXIF and unknown chunks are not among it. */
const NEEDED_CHUNKS = new Set([
  ...["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "cLLI"],
  ...["bKGD", "hIST", "pHYs", "sPLT", "acTL", "fcTL", "fdAT"],
]);

/**
 * Removes what a PNG says about its making, and everything behind its end. The orientation stays.
 * @returns null for a file that is not built like a PNG
 */
export function stripPng(bytes: Uint8Array): Uint8Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [bytes.subarray(0, SIGNATURE_BYTES)];
  for (let position = SIGNATURE_BYTES; position + CHUNK_HEADER_BYTES + CHECKSUM_BYTES <= bytes.length; ) {
    const end = position + CHUNK_HEADER_BYTES + view.getUint32(position) + CHECKSUM_BYTES;
    const type = Buffer.from(bytes.subarray(position + 4, position + 8)).toString("latin1");
    // A picture that was not sent to its end is still shown in part.
    if (end > bytes.length)
      return Buffer.concat(NEEDED_CHUNKS.has(type) ? [...kept, bytes.subarray(position)] : kept);
    const data = bytes.subarray(position + CHUNK_HEADER_BYTES, end - CHECKSUM_BYTES);
    if (NEEDED_CHUNKS.has(type)) kept.push(bytes.subarray(position, end));
    else if (type === "eXIf") {
      const orientation = readExifOrientation(data);
      if (orientation !== 1) kept.push(chunk("eXIf", exifWithOrientation(orientation)));
    }
    if (type === "IEND") return Buffer.concat(kept);
    position = end;
  }
  return kept.length > 1 ? Buffer.concat(kept) : null;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const result = Buffer.alloc(CHUNK_HEADER_BYTES + data.length + CHECKSUM_BYTES);
  result.writeUInt32BE(data.length, 0);
  result.write(type, 4, "latin1");
  result.set(data, CHUNK_HEADER_BYTES);
  result.writeUInt32BE(
    crc32(result.subarray(4, CHUNK_HEADER_BYTES + data.length)),
    CHUNK_HEADER_BYTES + data.length,
  );
  return result;
}
