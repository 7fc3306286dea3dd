import { promisify } from "node:util";
import { deflateRaw, deflateRawSync, inflateRaw, inflateRawSync } from "node:zlib";

/** Larger inputs go to the thread pool: above this size blocking the event loop costs more than the hand-over. */
const MAX_SYNC_BYTES = 64 * 1024;
/** Limit of the decompressed size: far above any entry, and low enough to stop a decompression bomb. */
const MAX_DECOMPRESSED_BYTES = 32 * 1024 * 1024;

const deflateAsync = promisify(deflateRaw);
const inflateAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateRaw);

/** Deflates text and encodes it as base64, because Redis is called over HTTP with JSON bodies. */
export async function compress(text: string): Promise<string> {
  const bytes = Buffer.from(text);
  const packed = bytes.length <= MAX_SYNC_BYTES ? deflateRawSync(bytes) : await deflateAsync(bytes);
  return packed.toString("base64");
}

/** @throws when the input was not made by `compress` */
export async function decompress(base64: string): Promise<string> {
  const packed = Buffer.from(base64, "base64");
  const options = { maxOutputLength: MAX_DECOMPRESSED_BYTES };
  const bytes =
    packed.length <= MAX_SYNC_BYTES / 4
      ? inflateRawSync(packed, options)
      : await inflateAsync(packed, options);
  return bytes.toString();
}
