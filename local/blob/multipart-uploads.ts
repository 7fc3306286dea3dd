import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { v7 } from "uuid";
import { z } from "zod";
import { accessSchema } from "./blob";
import type { NewBlob } from "./blob-store";
import { BlobApiError } from "./errors";
import { writeStream } from "./write-stream";

/** Vercel's limits of a part; the last one may be smaller. */
const MIN_PART_BYTES = 5 * 1024 * 1024;
export const MAX_PART_NUMBER = 10_000;
const ABANDONED_AFTER_MS = 24 * 3_600_000;

const uploadSchema = z.object({
  pathname: z.string(),
  access: accessSchema,
  contentType: z.string(),
  contentDisposition: z.string(),
  cacheControl: z.string(),
  uploadedAt: z.string(),
});

export const partsSchema = z
  .array(z.object({ partNumber: z.int().min(1).max(MAX_PART_NUMBER), etag: z.string() }))
  .min(1)
  .max(MAX_PART_NUMBER);

type Parts = z.infer<typeof partsSchema>;

/**
 * Uploads in parts, which arrive in any order and at the same time: a folder for each upload, with a file for each part
 * named by its number. They survive a restart; abandoned ones are deleted at a start a day later.
 */
export class MultipartUploads {
  private constructor(private readonly folder: string) {}

  static async open(folder: string): Promise<MultipartUploads> {
    const uploads = new MultipartUploads(folder);
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    for (const name of names) {
      const { mtimeMs } = await stat(path.join(folder, name));
      if (mtimeMs < Date.now() - ABANDONED_AFTER_MS) await uploads.remove(name);
    }
    return uploads;
  }

  async create(blob: NewBlob): Promise<string> {
    const id = v7();
    await mkdir(this.#folderOf(id), { recursive: true });
    await writeFile(path.join(this.#folderOf(id), "upload.json"), JSON.stringify(blob));
    return id;
  }

  /** @throws {BlobApiError} not_found for an upload that does not exist, or is of another pathname */
  async get(id: string, pathname: string): Promise<NewBlob> {
    const text = /^[0-9a-f-]{36}$/.test(id)
      ? await readFile(path.join(this.#folderOf(id), "upload.json"), "utf8").catch(() => null)
      : null;
    const upload = text === null ? null : uploadSchema.parse(JSON.parse(text));
    if (upload?.pathname !== pathname) throw uploadNotFoundError();
    return upload;
  }

  /** Stores a part; a repeated number replaces the part. @returns its etag */
  async putPart(
    id: string,
    partNumber: number,
    source: AsyncIterable<Uint8Array>,
    limitBytes: number,
  ): Promise<string> {
    const file = path.join(this.#folderOf(id), `${partNumber}-${v7()}.tmp`);
    const handle = await open(file, "wx", 0o600);
    try {
      const { md5: etag } = await writeStream(handle, source, { limitBytes, position: 0 });
      await rename(file, this.#partFile(id, partNumber, etag));
      return `"${etag}"`;
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
  }

  /**
   * The bytes of all parts in the order of their numbers, whatever the list's order is: the SDK lists them as they
   * arrived.
   * @throws {BlobApiError} bad_request when parts are missing, too small or listed twice
   */
  async assemble(id: string, listed: Parts): Promise<AsyncIterable<Uint8Array>> {
    const files: string[] = [];
    const parts = [...listed].sort((a, b) => a.partNumber - b.partNumber);
    for (const [index, { partNumber, etag }] of parts.entries()) {
      if (partNumber === parts[index - 1]?.partNumber) {
        throw new BlobApiError("bad_request", `Invalid part: ${partNumber} is listed twice`);
      }
      const file = this.#partFile(id, partNumber, etag.replaceAll('"', ""));
      const size = await stat(file).then(
        (found) => found.size,
        () => null,
      );
      if (size === null)
        throw new BlobApiError("bad_request", `Invalid part: ${partNumber} was not uploaded`);
      if (size < MIN_PART_BYTES && index < parts.length - 1) {
        throw new BlobApiError("bad_request", `Part ${partNumber} is smaller than ${MIN_PART_BYTES} bytes`);
      }
      files.push(file);
    }
    return readFiles(files);
  }

  async remove(id: string): Promise<void> {
    await rm(this.#folderOf(id), { recursive: true, force: true });
  }

  #folderOf(id: string): string {
    return path.join(this.folder, id);
  }

  #partFile(id: string, partNumber: number, etag: string): string {
    if (!/^[0-9a-f]{32}$/.test(etag)) throw new BlobApiError("bad_request", "Invalid etag of a part");
    return path.join(this.#folderOf(id), `${partNumber}-${etag}.part`);
  }
}

async function* readFiles(files: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const file of files) {
    const handle = await open(file, "r");
    yield* handle.createReadStream();
  }
}

const uploadNotFoundError = () => new BlobApiError("not_found", "The requested upload does not exist");
