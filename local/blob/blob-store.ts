import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { v7 } from "uuid";
import { type Blob, blobSchema } from "./blob";
import { writeStream } from "./write-stream";

const SUFFIX = ".blob";

/** A blob that is being stored: its size and etag follow from its bytes. */
export type NewBlob = Omit<Blob, "size" | "etag">;

export interface PutOptions {
  /** Maximum size in bytes. */
  limitBytes: number;
  /** Receives the current blob and throws to keep it. Called before the bytes are read and again before they are stored. */
  assertPuttable: (current: Blob | undefined) => void;
}

/** An open blob. A later put or removal does not change what it reads. */
export interface OpenBlob {
  readonly blob: Blob;
  /** A range of its bytes, first and last included; the whole by default. Closes the file at its end. */
  read(range?: { start: number; end: number }): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/**
 * The blobs, by pathname. Each is one file, named by the hash of its pathname, so that no pathname leads out of the
 * folder: a line of JSON (its metadata), then its bytes. A file is written and synced under another name first: a crash
 * leaves either the new blob or the previous one. Bytes are streamed, so memory does not limit their size.
 */
export class BlobStore {
  readonly #blobs = new Map<string, Blob>();
  /** Serializes commits, so that a checked condition still holds when the write happens. */
  #lastCommit: Promise<unknown> = Promise.resolve();

  private constructor(private readonly folder: string) {}

  static async open(folder: string): Promise<BlobStore> {
    const store = new BlobStore(folder);
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      if (name.endsWith(".tmp")) await rm(path.join(folder, name), { force: true });
      if (name.endsWith(SUFFIX)) await store.#load(path.join(folder, name));
    }
    return store;
  }

  get(pathname: string): Blob | undefined {
    return this.#blobs.get(pathname);
  }

  /** Blobs whose pathname starts with `prefix`, ordered by pathname. */
  list(prefix: string): Blob[] {
    return [...this.#blobs.values()]
      .filter(({ pathname }) => pathname.startsWith(prefix))
      .sort((a, b) => (a.pathname < b.pathname ? -1 : 1));
  }

  /** Opens a blob for reading; null when it does not exist. */
  async open(pathname: string): Promise<OpenBlob | null> {
    if (!this.#blobs.has(pathname)) return null;
    const handle = await open(this.#fileOf(pathname), "r").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
    if (handle === null) return null;
    // A put may have replaced the blob since: the file that is open has its own metadata.
    const header = await readHeader(handle);
    if (header === null) {
      await handle.close();
      return null;
    }
    const { blob, length } = header;
    return {
      blob,
      read: ({ start, end } = { start: 0, end: blob.size - 1 }) =>
        end < start
          ? Readable.from([])
          : handle.createReadStream({ start: length + start, end: length + end }),
      close: () => handle.close(),
    };
  }

  /**
   * Stores a blob; resolves once it is on disk. When it rejects, nothing has changed.
   * @throws {BlobApiError} file_too_large; what `assertPuttable` and `source` throw
   */
  async put(
    draft: NewBlob,
    source: AsyncIterable<Uint8Array>,
    { limitBytes, assertPuttable }: PutOptions,
  ): Promise<Blob> {
    assertPuttable(this.#blobs.get(draft.pathname));
    const file = this.#fileOf(draft.pathname);
    const temporary = `${file}.${v7()}.tmp`;
    try {
      const blob = await writeBlobFile(temporary, draft, source, limitBytes);
      await this.#serialize(async () => {
        assertPuttable(this.#blobs.get(blob.pathname));
        await rename(temporary, file);
        this.#blobs.set(blob.pathname, blob);
      });
      return blob;
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** @param assertRemovable  receives the current blob and throws to keep it */
  remove(pathname: string, assertRemovable: (current: Blob | undefined) => void = () => {}): Promise<void> {
    return this.#serialize(async () => {
      assertRemovable(this.#blobs.get(pathname));
      if (this.#blobs.delete(pathname)) await rm(this.#fileOf(pathname), { force: true });
    });
  }

  #serialize<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lastCommit.then(work);
    this.#lastCommit = result.catch(() => {});
    return result;
  }

  #fileOf(pathname: string): string {
    return path.join(this.folder, `${createHash("sha256").update(pathname).digest("hex")}${SUFFIX}`);
  }

  /** A damaged file is skipped and not deleted. */
  async #load(file: string): Promise<void> {
    const handle = await open(file, "r");
    try {
      const header = await readHeader(handle);
      const { size } = await handle.stat();
      if (header && size === header.length + header.blob.size) {
        this.#blobs.set(header.blob.pathname, header.blob);
      }
    } finally {
      await handle.close();
    }
  }
}

/** More than the metadata of the longest pathname. */
const MAX_HEADER_BYTES = 64 * 1024;

/** Reads the first line of a blob's file. @returns null for a damaged one; `length` includes the line break */
async function readHeader(handle: FileHandle): Promise<{ blob: Blob; length: number } | null> {
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(MAX_HEADER_BYTES), position: 0 });
  const lineLength = buffer.subarray(0, bytesRead).indexOf("\n");
  try {
    return {
      blob: blobSchema.parse(JSON.parse(buffer.subarray(0, lineLength).toString())),
      length: lineLength + 1,
    };
  } catch {
    return null;
  }
}

/** The first line has a fixed length, so that it can be completed after the bytes. */
function headerLine(blob: Blob): Buffer {
  const longest = JSON.stringify({ ...blob, size: Number.MAX_SAFE_INTEGER });
  const padding = longest.length - JSON.stringify(blob).length;
  return Buffer.from(`${JSON.stringify(blob)}${" ".repeat(padding)}\n`);
}

async function writeBlobFile(
  file: string,
  draft: NewBlob,
  source: AsyncIterable<Uint8Array>,
  limitBytes: number,
): Promise<Blob> {
  const handle = await open(file, "wx", 0o600);
  try {
    const incomplete: Blob = { ...draft, size: 0, etag: `"${"0".repeat(32)}"` };
    const { length } = headerLine(incomplete);
    const { size, md5 } = await writeStream(handle, source, { limitBytes, position: length });
    const blob = { ...incomplete, size, etag: `"${md5}"` };
    await handle.write(headerLine(blob), 0, length, 0);
    await handle.datasync();
    return blob;
  } finally {
    await handle.close();
  }
}
