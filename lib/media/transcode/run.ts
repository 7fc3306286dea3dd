import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { log } from "../../core/log";
import {
  type BlobStoreName,
  deleteBlobs,
  downloadBlob,
  putBlobFile,
  putPublicBlob,
  putPublicBlobFile,
} from "../../storage";
import type { TaskContext } from "../../tasks";
import type { RenditionFormat, ResumedEncoding } from "../../tasks/queues/audio-transcoding";
import { earlierAttempts, soundPartPathname, soundPathname } from "../attempt-pathname";
import { Engine } from "./engine";
import { FileProblemError } from "./file-problem-error";
import { RENDITIONS } from "./renditions";
import { fillsDisk, isDiskFull, withWorkFolder } from "./work-folder";

/** A blob that is stored and that the commit gives its row. */
export interface StoredVariant {
  kind: "rendition" | "preview" | "peaks";
  format: string;
  type: string;
  bytes: number;
  sha256: string;
  pathname: string;
}

/** The uploaded file. */
export interface OriginalSound {
  /** In the private store. */
  pathname: string;
  bytes: number;
}

type Part = ResumedEncoding["parts"][number];

/** Pathnames by store. */
export type Blobs = Readonly<Record<BlobStoreName, readonly string[]>>;

const REPORT_INTERVAL_MS = 2_000;

/** One attempt of a task: the original on disk, the process that reads it, and what the attempt has stored. */
export class TranscodingRun {
  readonly input: string;
  private readonly startedAt = performance.now();
  private reportedAt = this.startedAt;
  private progress = { done: 0, total: 100 };
  private readonly stored: Record<BlobStoreName, string[]> = { private: [], public: [] };
  /** Superfluous once this run has committed. */
  private readonly superfluous: Record<BlobStoreName, string[]> = { private: [], public: [] };

  private constructor(
    private readonly folder: string,
    readonly engine: Engine,
    private readonly context: TaskContext,
  ) {
    this.input = this.file("original");
  }

  /**
   * Works with a run, and deletes its files from the disk. When the work fails, what it has stored is deleted too:
   * no row will have its names. (A process that is killed leaves it to the next attempt, or to the tidy.)
   *
   * @returns null when the original is gone
   * @throws {FileProblemError} too_large for the disk; what `work` rejects with
   */
  static async with<T>(
    original: OriginalSound,
    context: TaskContext,
    work: (run: TranscodingRun) => Promise<T>,
  ): Promise<(T & { stored: Blobs; superfluous: Blobs }) | null> {
    return withWorkFolder(async (folder) => {
      const engine = new Engine(context.signal);
      const run = new TranscodingRun(folder, engine, context);
      try {
        if (!(await downloadBlob(original.pathname, run.input, original.bytes))) return null;
        await context.reportProgress(run.progress);
        const result = await work(run);
        return { ...result, stored: run.stored, superfluous: run.superfluous };
      } catch (error) {
        await deleteQuietly(run.stored);
        if (isDiskFull(error) && (await fillsDisk(folder, original.bytes)))
          throw new FileProblemError("too_large", "does not fit on the disk");
        throw error;
      } finally {
        await engine.close();
      }
    });
  }

  /** Path of a file in the run's folder. */
  file(name: string): string {
    return path.join(this.folder, name);
  }

  elapsedMs(): number {
    return performance.now() - this.startedAt;
  }

  /**
   * Reports progress, which also renews the lease; every two seconds at most.
   * @param share  0 to 1; undefined: as far as before
   * @throws {LeaseLostError}
   */
  async report(share?: number): Promise<void> {
    if (share !== undefined) this.progress = { done: Math.min(99, Math.round(share * 100)), total: 100 };
    if (performance.now() - this.reportedAt >= REPORT_INTERVAL_MS) await this.requireLease();
  }

  /** Before anything is stored: an attempt whose lease was taken over leaves nothing. @throws {LeaseLostError} */
  private async requireLease(): Promise<void> {
    this.reportedAt = performance.now();
    await this.context.reportProgress(this.progress);
  }

  async storeJson(kind: "peaks", json: string): Promise<StoredVariant> {
    await this.requireLease();
    const pathname = this.claimPublic(`${kind}.json`);
    const bytes = Buffer.from(json);
    const type = "application/json";
    await putPublicBlob(pathname, bytes, type);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { kind, format: "json", type, bytes: bytes.length, sha256, pathname };
  }

  async storeFile(
    kind: "rendition" | "preview",
    format: RenditionFormat,
    file: string,
  ): Promise<StoredVariant> {
    await this.requireLease();
    const { type, extension } = RENDITIONS[format];
    const pathname = this.claimPublic(`${kind}.${format}.${extension}`);
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    await putPublicBlobFile(pathname, file, type);
    const { size: bytes } = await stat(file);
    return { kind, format, type, bytes, sha256: hash.digest("hex"), pathname };
  }

  async storePart(file: string): Promise<Part> {
    await this.requireLease();
    const pathname = soundPartPathname(this.context);
    this.stored.private.push(pathname);
    this.superfluous.private.push(...earlierAttempts(this.context).map(soundPartPathname));
    await putBlobFile(pathname, file, "video/x-matroska");
    return { pathname, bytes: (await stat(file)).size };
  }

  /** @returns their paths on disk; null when one is gone */
  async downloadParts(parts: readonly Part[]): Promise<string[] | null> {
    const files: string[] = [];
    for (const [index, { pathname, bytes }] of parts.entries()) {
      const file = this.file(`part-${index}.mka`);
      if (!(await downloadBlob(pathname, file, bytes))) return null;
      files.push(file);
      await this.report();
    }
    return files;
  }

  /** Parts of earlier runs that nothing needs once this run has committed. */
  discard(parts: readonly Part[]): void {
    this.superfluous.private.push(...parts.map(({ pathname }) => pathname));
  }

  private claimPublic(name: string): string {
    const pathname = soundPathname(this.context, name);
    this.stored.public.push(pathname);
    this.superfluous.public.push(
      ...earlierAttempts(this.context).map((attempt) => soundPathname(attempt, name)),
    );
    return pathname;
  }
}

/** Deletes blobs; those that a store does not delete now are left to the tidy. */
export async function deleteQuietly(blobs: Blobs): Promise<void> {
  for (const store of ["private", "public"] as const) {
    try {
      await deleteBlobs(blobs[store], store);
    } catch (error) {
      log().warn({ err: error, store }, "sound not deleted: left to the daily tidy");
    }
  }
}
