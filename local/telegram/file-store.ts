import { mkdir, open, readFile, rename } from "node:fs/promises";
import path from "node:path";

/** The bytes of files, by file id: in a folder, or in memory. */
export class FileStore {
  private readonly memory = new Map<string, Buffer>();

  constructor(private readonly folder: string | null) {}

  /** Resolves once the file is on disk. */
  async write(fileId: string, bytes: Buffer): Promise<void> {
    if (this.folder === null) {
      this.memory.set(fileId, bytes);
      return;
    }
    await mkdir(this.folder, { recursive: true });
    const file = path.join(this.folder, fileId);
    // Renamed when it is whole: a crash leaves a complete file or none.
    const handle = await open(`${file}.tmp`, "w", 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.tmp`, file);
  }

  /** @returns null when it does not exist */
  async read(fileId: string): Promise<Buffer | null> {
    if (this.folder === null) return this.memory.get(fileId) ?? null;
    try {
      return await readFile(path.join(this.folder, fileId));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }
}
