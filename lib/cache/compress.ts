import { promisify } from "node:util";
import { deflateRaw, deflateRawSync, inflateRaw, inflateRawSync } from "node:zlib";

/** Above this, handing work to another thread costs less than holding up everybody in this one. */
const MAX_SYNC_BYTES = 64 * 1024;
/** What a stored text may unpack to: far above any entry, and no bomb. */
const MAX_DECOMPRESSED_BYTES = 32 * 1024 * 1024;

const deflateAsync = promisify(deflateRaw);
const inflateAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateRaw);

/** Text -> base64 of its deflated UTF-8: Redis is spoken to in JSON. */
export async function compress(text: string): Promise<string> {
  const bytes = Buffer.from(text);
  const packed = bytes.length <= MAX_SYNC_BYTES ? deflateRawSync(bytes) : await deflateAsync(bytes);
  return packed.toString("base64");
}

/** @throws when it is not what `compress` made */
export async function decompress(base64: string): Promise<string> {
  const packed = Buffer.from(base64, "base64");
  const options = { maxOutputLength: MAX_DECOMPRESSED_BYTES };
  const bytes =
    packed.length <= MAX_SYNC_BYTES / 4
      ? inflateRawSync(packed, options)
      : await inflateAsync(packed, options);
  return bytes.toString();
}
