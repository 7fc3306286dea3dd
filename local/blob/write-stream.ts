import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { BlobApiError } from "./errors";

/**
 * Writes a stream into an open file, from a position on, and syncs it.
 *
 * @returns what was written: its size in bytes and MD5 hash in hex
 * @throws {BlobApiError} file_too_large; the rest is read and dropped then, so that a client that is still sending gets
 *         the response
 */
export async function writeStream(
  handle: FileHandle,
  source: AsyncIterable<Uint8Array>,
  { limitBytes, position }: { limitBytes: number; position: number },
): Promise<{ size: number; md5: string }> {
  const hash = createHash("md5");
  let size = 0;
  for await (const chunk of source) {
    if (size + chunk.length <= limitBytes) {
      hash.update(chunk);
      await handle.write(chunk, 0, chunk.length, position + size);
    }
    size += chunk.length;
  }
  if (size > limitBytes) {
    throw new BlobApiError(
      "file_too_large",
      `the file length cannot be greater than ${String(limitBytes)} bytes`,
    );
  }
  await handle.datasync();
  return { size, md5: hash.digest("hex") };
}
