import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Chunks before the sound; a file has a handful. */
const MAX_CHUNKS = 100;
/** What a recorder writes that does not know the length yet. */
const UNKNOWN_LENGTHS = new Set([0, 0xffff_ffff, 0x7fff_ffff]);

/**
 * How much of a WAV's sound is in the file, by its header: below 1 it was cut off. (FFmpeg takes what is there.)
 *
 * @param {string} path
 * @returns {number} 1 also for an unknown length, and for other files
 */
export function presentShareOfWav(path) {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const read = (at, length) => {
      const bytes = Buffer.alloc(length);
      return readSync(file, bytes, 0, length, at) === length ? bytes : null;
    };
    const form = read(0, 4)?.toString("latin1");
    if (form !== "RIFF" && form !== "RF64") return 1;
    let longLength = null;
    for (let at = 12, chunk = 0; chunk < MAX_CHUNKS; chunk++) {
      const head = read(at, 8);
      if (!head) return 1;
      const name = head.toString("latin1", 0, 4);
      const length = head.readUInt32LE(4);
      if (name === "ds64") longLength = Number(read(at + 8, 24)?.readBigUInt64LE(8) ?? 0);
      if (name === "data") {
        const declared = form === "RF64" && longLength !== null ? longLength : length;
        return UNKNOWN_LENGTHS.has(declared) ? 1 : Math.min(1, (size - at - 8) / declared);
      }
      at += 8 + length + (length % 2);
    }
    return 1;
  } finally {
    closeSync(file);
  }
}
