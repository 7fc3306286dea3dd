import { crc32 } from "node:zlib";

/**
 * One line of a journal or snapshot: a checksum, a space, JSON. The checksum tells a line that was cut off,
 * or whose blocks never reached the disk, from a whole one.
 */
export function encodeLine(json: string): string {
  return `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;
}

const NEWLINE = 10;
const CHECKSUM_LENGTH = 8;

/**
 * Reads whole lines up to the first that is not whole, and says whether everything was read. A file is walked
 * as bytes, so that its size is not bound by the longest string.
 */
export function decodeLines(bytes: Buffer, onLine: (json: string) => void): { whole: boolean } {
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(NEWLINE, start);
    if (end === -1) return { whole: false };
    const checksum = bytes.toString("latin1", start, start + CHECKSUM_LENGTH);
    const json = bytes.subarray(start + CHECKSUM_LENGTH + 1, end);
    if (Number.parseInt(checksum, 16) !== crc32(json)) return { whole: false };
    onLine(json.toString("utf8"));
    start = end + 1;
  }
  return { whole: true };
}
