import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { openBlob } from "../storage";
import { FileRefusedError } from "./file-refused-error";
import { type SoundTags, TagReader } from "./read-tags";
import { sniffSound } from "./sniff-sound";
import type { SoundType } from "./sound-types";

export interface ExaminedSound extends SoundTags {
  type: SoundType;
  sha256: string;
}

interface ExamineOptions {
  signal: AbortSignal;
  /** Called as bytes arrive. */
  onRead(bytes: number): Promise<void>;
}

/**
 * Reads a sound once, from its first byte to its last or to the one that makes it unusable, without a copy in memory or on disk: its checksum, and on the
 * way its tags.
 *
 * @throws {FileRefusedError}; {AppError} unavailable when the store is down; an error of the stream when it ends early
 */
export async function examineSound(
  { pathname, bytes }: { pathname: string; bytes: number },
  { signal, onRead }: ExamineOptions,
): Promise<ExaminedSound> {
  const type = await sniffSound(pathname, bytes);
  const blob = await openBlob(pathname, { signal });
  if (!blob) throw new FileRefusedError("incomplete");
  const source = Readable.fromWeb(blob.body as NodeReadableStream<Uint8Array>);
  const hash = createHash("sha256");
  const reader = new TagReader(type, bytes);
  // Known as soon as the container states it, of a video often in its first bytes.
  let refusal: unknown;
  reader.tags.catch((error: unknown) => {
    refusal = error;
  });
  try {
    let received = 0;
    for await (const chunk of source as AsyncIterable<Buffer>) {
      hash.update(chunk);
      received += chunk.length;
      await reader.write(chunk);
      // What follows would change nothing. Leaving the loop closes the connection to the store.
      if (refusal !== undefined) throw refusal;
      await onRead(received);
    }
    reader.end();
    if (received !== bytes) throw new Error(`blob ended after ${received} of ${bytes} bytes`);
    return { type, sha256: hash.digest("hex"), ...(await reader.tags) };
  } finally {
    await reader.close();
  }
}
