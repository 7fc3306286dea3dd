import { fileTypeFromBuffer } from "file-type";
import { readBlob } from "../storage";
import { FileRefusedError } from "./file-refused-error";
import { type SoundType, toSoundType } from "./sound-types";

const SAMPLE_BYTES = 64 * 1024;
const ID3_HEADER_BYTES = 10;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the version is a byte
const ID3_START = /^ID3[\x02-\x04]/;

/**
 * Detects a sound's type from its first bytes, and from those behind a tag at its beginning, whatever its name says. A
 * tag may hold a picture of many megabytes, so what follows is read apart.
 *
 * @throws {FileRefusedError} wrong_type, incomplete; {AppError} unavailable
 */
export async function sniffSound(pathname: string, bytes: number): Promise<SoundType> {
  const head = await readSample(pathname, 0, bytes);
  const tagBytes = id3Length(head);
  const type = toSoundType(await sniff(tagBytes > 0 ? await readSample(pathname, tagBytes, bytes) : head));
  if (type === null) throw new FileRefusedError("wrong_type");
  return type;
}

async function readSample(pathname: string, start: number, bytes: number): Promise<Uint8Array> {
  if (start >= bytes) throw new FileRefusedError("damaged");
  const sample = await readBlob(pathname, { start, end: Math.min(start + SAMPLE_BYTES, bytes) - 1 });
  if (!sample) throw new FileRefusedError("incomplete");
  return sample;
}

/** Length of an ID3v2 tag with its header; 0 without one. */
function id3Length(head: Uint8Array): number {
  // Versions 2.2 to 2.4; a text that begins with these letters has another character there.
  if (!ID3_START.test(Buffer.from(head.subarray(0, 4)).toString("latin1"))) return 0;
  const [a = 0, b = 0, c = 0, d = 0] = head.subarray(6, ID3_HEADER_BYTES);
  // Seven bits a byte; others are not an ID3 tag.
  if ((a | b | c | d) > 0x7f) return 0;
  return ID3_HEADER_BYTES + ((a << 21) | (b << 14) | (c << 7) | d);
}

async function sniff(sample: Uint8Array): Promise<string | undefined> {
  // Files of more than 4 GB in all but name; file-type knows the older form alone.
  if (/^(RF64|BW64).{4}WAVE/s.test(Buffer.from(sample.subarray(0, 12)).toString("latin1")))
    return "audio/wav";
  try {
    const found = await fileTypeFromBuffer(sample);
    // Texts in UTF-16 begin like these two.
    return found && ["mp1", "mp2"].includes(found.ext) ? undefined : found?.mime;
  } catch {
    return undefined;
  }
}
