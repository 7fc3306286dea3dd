import { crc32 } from "node:zlib";

/**
 * Encodes one line of a journal or snapshot: checksum, space, JSON. The checksum detects a line that was truncated
 * or whose blocks never reached the disk.
 */
export function encodeLine(json: string): string {
  return `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;
}

const NEWLINE = 10;
const CHECKSUM_LENGTH = 8;

/**
 * Reads lines up to the first damaged one; `whole` is whether all were read. Works on bytes, so that a file may be
 * larger than the longest string.
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
