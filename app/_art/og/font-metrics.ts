import { inflateSync } from "node:zlib";

/** The characters that a font has and their widths, from two tables that the image renderer does not expose. */
export interface FontMetrics {
  /** Width of a character as a part of the font size; undefined when the font does not have it. */
  advance(codePoint: number): number | undefined;
}

const TABLE_COUNT_OFFSET = 12;
const DIRECTORY_OFFSET = 44;
const DIRECTORY_ENTRY_BYTES = 20;
const UNICODE_RANGES = 4;

/**
 * Reads the metrics of a WOFF font of the Basic Multilingual Plane.
 * @throws for another kind of file; the fonts are files of this project
 */
export function readFontMetrics(woff: Buffer): FontMetrics {
  const unitsPerEm = readTable(woff, "head").readUInt16BE(18);
  const fullMetricsCount = readTable(woff, "hhea").readUInt16BE(34);
  const widths = readTable(woff, "hmtx");
  const glyphs = readGlyphIds(readTable(woff, "cmap"));
  return {
    advance(codePoint) {
      const glyph = glyphs.get(codePoint);
      if (glyph === undefined) return undefined;
      // Glyphs behind the last full entry have its width.
      return widths.readUInt16BE(Math.min(glyph, fullMetricsCount - 1) * 4) / unitsPerEm;
    },
  };
}

function readTable(woff: Buffer, tag: string): Buffer {
  for (let index = 0; index < woff.readUInt16BE(TABLE_COUNT_OFFSET); index += 1) {
    const entry = DIRECTORY_OFFSET + index * DIRECTORY_ENTRY_BYTES;
    if (woff.toString("latin1", entry, entry + 4) !== tag) continue;
    const [offset, storedLength, length] = [4, 8, 12].map((field) => woff.readUInt32BE(entry + field));
    const table = woff.subarray(offset, (offset ?? 0) + (storedLength ?? 0));
    return storedLength === length ? table : inflateSync(table);
  }
  throw new Error(`the font has no table ${tag}`);
}

/** Glyphs by code point, from the subtable of 16-bit ranges that every font has. */
function readGlyphIds(cmap: Buffer): Map<number, number> {
  const glyphs = new Map<number, number>();
  for (let index = 0; index < cmap.readUInt16BE(2); index += 1) {
    const table = cmap.subarray(cmap.readUInt32BE(4 + index * 8 + 4));
    if (table.readUInt16BE(0) !== UNICODE_RANGES) continue;
    const rangeBytes = table.readUInt16BE(6);
    const [ends, starts, deltas, offsets] = [
      14,
      16 + rangeBytes,
      16 + 2 * rangeBytes,
      16 + 3 * rangeBytes,
    ] as const;
    for (let range = 0; range < rangeBytes; range += 2) {
      const start = table.readUInt16BE(starts + range);
      const delta = table.readUInt16BE(deltas + range);
      const offset = table.readUInt16BE(offsets + range);
      for (let code = start; code <= table.readUInt16BE(ends + range) && code < 0xffff; code += 1) {
        const listed =
          offset === 0 ? code : table.readUInt16BE(offsets + range + offset + 2 * (code - start));
        // Glyph 0 is the box of a missing character.
        const glyph = listed === 0 ? 0 : (listed + delta) & 0xffff;
        if (glyph !== 0) glyphs.set(code, glyph);
      }
    }
  }
  return glyphs;
}
