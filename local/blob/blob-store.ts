import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { v7 } from "uuid";
import { type Blob, blobSchema } from "./blob";

const SUFFIX = ".blob";

/**
 * The blobs, by pathname. In a folder each is one file, named by the hash of its pathname, so that no pathname leads
 * out of the folder: a line of JSON (its metadata), then its bytes. A file is written and synced under another name
 * first: a crash leaves either the new blob or the previous one.
 */
export class BlobStore {
  readonly #blobs = new Map<string, Blob>();
  /** By pathname; used without a folder. */
  readonly #bytes = new Map<string, Buffer>();
  /** Serializes writes, so that a checked condition still holds when the write happens. */
  #lastWrite: Promise<unknown> = Promise.resolve();

  private constructor(private readonly folder: string | null) {}

  static async open(folder: string | null): Promise<BlobStore> {
    const store = new BlobStore(folder);
    if (folder === null) return store;
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

  /** The bytes; null when the blob does not exist. */
  async read(pathname: string): Promise<Buffer | null> {
    if (!this.#blobs.has(pathname)) return null;
    if (this.folder === null) return this.#bytes.get(pathname) ?? null;
    try {
      const file = await readFile(this.#fileOf(this.folder, pathname));
      return file.subarray(file.indexOf("\n") + 1);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  /**
   * Stores a blob; resolves once it is on disk.
   * @param assertPuttable  receives the current blob and throws to keep it
   */
  put(blob: Blob, bytes: Buffer, assertPuttable: (current: Blob | undefined) => void): Promise<void> {
    return this.#serialize(async () => {
      assertPuttable(this.#blobs.get(blob.pathname));
      if (this.folder === null) this.#bytes.set(blob.pathname, bytes);
      else await writeBlobFile(this.#fileOf(this.folder, blob.pathname), blob, bytes);
      this.#blobs.set(blob.pathname, blob);
    });
  }

  /** @param assertRemovable  receives the current blob and throws to keep it */
  remove(pathname: string, assertRemovable: (current: Blob | undefined) => void = () => {}): Promise<void> {
    return this.#serialize(async () => {
      assertRemovable(this.#blobs.get(pathname));
      if (!this.#blobs.delete(pathname)) return;
      this.#bytes.delete(pathname);
      if (this.folder !== null) await rm(this.#fileOf(this.folder, pathname), { force: true });
    });
  }

  #serialize<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lastWrite.then(work);
    this.#lastWrite = result.catch(() => {});
    return result;
  }

  #fileOf(folder: string, pathname: string): string {
    return path.join(folder, `${createHash("sha256").update(pathname).digest("hex")}${SUFFIX}`);
  }

  /** A damaged file is skipped and not deleted. */
  async #load(file: string): Promise<void> {
    const bytes = await readFile(file);
    try {
      const blob = blobSchema.parse(JSON.parse(bytes.subarray(0, bytes.indexOf("\n")).toString()));
      if (bytes.length === bytes.indexOf("\n") + 1 + blob.size) this.#blobs.set(blob.pathname, blob);
    } catch {
      return;
    }
  }
}

async function writeBlobFile(file: string, blob: Blob, bytes: Buffer): Promise<void> {
  const temporary = `${file}.${v7()}.tmp`;
  const handle = await open(temporary, "wx", 0o600);
  try {
    await handle.writeFile(Buffer.concat([Buffer.from(`${JSON.stringify(blob)}\n`), bytes]));
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
