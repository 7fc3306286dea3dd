/** Header, screen size, flags of the palette, background, aspect ratio. */
const HEADER_BYTES = 13;
const IMAGE = 0x2c;
const EXTENSION = 0x21;
const TRAILER = 0x3b;
const COMMENT = 0xfe;
const APPLICATION = 0xff;
/** Extensions that viewers use: how often an animation repeats, and colours. */
const NEEDED_APPLICATIONS = new Set(["NETSCAPE2.0", "ANIMEXTS1.0", "ICCRGBG1012"]);

/**
 * Removes comments and the data of programs (XMP) from a GIF, and everything behind its end.
 * @returns null for a file that is not built like a GIF
 */
export function stripGif(bytes: Uint8Array): Uint8Array | null {
  const kept: Uint8Array[] = [];
  let position = HEADER_BYTES + paletteBytes(bytes[10] ?? 0);
  kept.push(bytes.subarray(0, position));
  while (position < bytes.length) {
    const introducer = bytes[position];
    if (introducer === TRAILER) return Buffer.concat([...kept, bytes.subarray(position, position + 1)]);
    const blocksStart =
      introducer === IMAGE
        ? // Position and size, flags; then the palette, and one byte before the data.
          position + 10 + paletteBytes(bytes[position + 9] ?? 0) + 1
        : introducer === EXTENSION
          ? position + 2
          : null;
    if (blocksStart === null) return null;
    const end = findBlocksEnd(bytes, blocksStart);
    if (introducer === IMAGE || isNeeded(bytes, position)) kept.push(bytes.subarray(position, end));
    position = end;
  }
  // A picture that was not sent to its end is still shown in part.
  return Buffer.concat(kept);
}

function paletteBytes(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

function isNeeded(bytes: Uint8Array, extension: number): boolean {
  const label = bytes[extension + 1];
  if (label !== APPLICATION) return label !== COMMENT;
  return NEEDED_APPLICATIONS.has(
    Buffer.from(bytes.subarray(extension + 3, extension + 14)).toString("latin1"),
  );
}

/** Data is a list of blocks, each with its length before it, up to an empty one. */
function findBlocksEnd(bytes: Uint8Array, start: number): number {
  let position = start;
  for (let size = bytes[position]; size !== undefined; size = bytes[position]) {
    position += size + 1;
    if (size === 0) break;
  }
  return Math.min(position, bytes.length);
}
