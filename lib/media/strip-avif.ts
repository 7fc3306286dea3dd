import { type Box, findBox, readBoxes } from "./boxes";

/** Bytes of a `FullBox` before its content: a version and flags. */
const VERSION_BYTES = 4;
const XMP_TYPE = "application/rdf+xml";
/** EXIF data without a tag, after the four bytes that AVIF puts before it. */
const EMPTY_EXIF = Buffer.from("00000000" + "4d4d002a00000008" + "0000" + "00000000", "hex");

/**
 * Blanks the metadata of an AVIF picture in place: other parts of the file are found by their position, which must not
 * change. The orientation is not part of it; AVIF has boxes of its own for it.
 *
 * @returns null for a file without the structure of an AVIF picture
 */
export function stripAvif(bytes: Uint8Array): Uint8Array | null {
  const meta = findBox(bytes, "meta");
  if (!meta) return null;
  const content = { bodyStart: meta.bodyStart + VERSION_BYTES, end: meta.end };
  const infos = findBox(bytes, "iinf", content);
  const locations = findBox(bytes, "iloc", content);
  if (!infos || !locations) return null;
  const stripped = Buffer.from(bytes);
  try {
    const kinds = readMetadataItems(stripped, infos);
    if (kinds.size === 0) return bytes;
    const dataStart = findBox(bytes, "idat", content)?.bodyStart ?? 0;
    for (const { id, start, length } of readExtents(stripped, locations, dataStart)) {
      const kind = kinds.get(id);
      if (!kind) continue;
      const end = Math.min(start + length, stripped.length);
      stripped.fill(kind === "xmp" ? 0x20 : 0, start, end);
      if (kind === "exif" && length >= EMPTY_EXIF.length) EMPTY_EXIF.copy(stripped, start);
    }
    return stripped;
  } catch (error) {
    // A size points beyond the end of the file.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The items of the file that are metadata, by their ids. */
function readMetadataItems(file: Buffer, infos: Box): Map<number, "exif" | "xmp"> {
  const kinds = new Map<number, "exif" | "xmp">();
  const countBytes = file[infos.bodyStart] === 0 ? 2 : 4;
  for (const entry of readBoxes(file, infos.bodyStart + VERSION_BYTES + countBytes, infos.end)) {
    const version = file[entry.bodyStart] ?? 0;
    if (entry.type !== "infe" || version < 2) continue;
    const idBytes = version === 2 ? 2 : 4;
    const idStart = entry.bodyStart + VERSION_BYTES;
    // An entry has the id, a protection index of two bytes, the type, and names.
    const typeStart = idStart + idBytes + 2;
    const type = file.toString("latin1", typeStart, typeStart + 4);
    const names = file.toString("latin1", typeStart + 4, entry.end).split("\0");
    const id = file.readUIntBE(idStart, idBytes);
    if (type === "Exif") kinds.set(id, "exif");
    if (type === "mime" && names[1] === XMP_TYPE) kinds.set(id, "xmp");
  }
  return kinds;
}

/** Yields the positions of a file's items. @throws {RangeError} for a damaged box */
function* readExtents(file: Buffer, { bodyStart, end }: Box, dataStart: number) {
  const version = file.readUInt8(bodyStart);
  let position = bodyStart + VERSION_BYTES;
  const read = (byteCount: number): number => {
    if (position + byteCount > end) throw new RangeError("the box ends within a number");
    const value =
      byteCount === 8
        ? Number(file.readBigUInt64BE(position))
        : byteCount === 0
          ? 0
          : file.readUIntBE(position, byteCount);
    position += byteCount;
    return value;
  };
  const sizes = read(2);
  const [offsetBytes, lengthBytes, baseBytes, indexBytes] = [12, 8, 4, 0].map(
    (shift) => (sizes >> shift) & 15,
  );
  const count = read(version < 2 ? 2 : 4);
  for (let item = 0; item < count; item += 1) {
    const id = read(version < 2 ? 2 : 4);
    // 0: positions in the file; 1: in the box `idat`.
    const method = version === 0 ? 0 : read(2) & 15;
    read(2);
    const base = read(baseBytes ?? 0) + (method === 1 ? dataStart : 0);
    const extents = read(2);
    for (let extent = 0; extent < extents; extent += 1) {
      if (version > 0) read(indexBytes ?? 0);
      const start = base + read(offsetBytes ?? 0);
      yield { id, start, length: read(lengthBytes ?? 0) };
    }
  }
}
