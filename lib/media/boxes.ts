/** The boxes of ISO media files (ISO/IEC 14496-12): AVIF pictures, MP4 and 3GP sound. */

export interface Box {
  /** Four characters, Latin-1. */
  type: string;
  /** Where its header begins in the file. */
  start: number;
  /** Its content in the file: from here, */
  bodyStart: number;
  /** to here. */
  end: number;
}

/** Boxes of one file that are visited; a real file has hundreds. */
const MAX_BOXES = 10_000;

/** The boxes of a part of a file, in order. A damaged one ends the list. */
export function* readBoxes(bytes: Uint8Array, start = 0, limit = bytes.length): Generator<Box> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = start;
  for (let count = 0; count < MAX_BOXES && position + 8 <= limit; count += 1) {
    const shortSize = view.getUint32(position);
    const type = Buffer.from(bytes.subarray(position + 4, position + 8)).toString("latin1");
    const isLong = shortSize === 1;
    if (isLong && position + 16 > limit) return;
    const size = isLong ? Number(view.getBigUint64(position + 8)) : shortSize;
    const bodyStart = position + (isLong ? 16 : 8);
    // Size 0: to the end.
    const end = shortSize === 0 ? limit : position + size;
    if (end < bodyStart || end > limit) return;
    yield { type, start: position, bodyStart, end };
    position = end;
  }
}

/** The first box of a type in a part of a file. */
export function findBox(
  bytes: Uint8Array,
  type: string,
  within?: Pick<Box, "bodyStart" | "end">,
): Box | undefined {
  for (const box of readBoxes(bytes, within?.bodyStart, within?.end)) if (box.type === type) return box;
  return undefined;
}
