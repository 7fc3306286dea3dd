import { type FileHandle, open, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { lockFolder } from "../process/folder-lock";
import { decodeLines, encodeLine } from "./journal-lines";

/** Stores records so that they survive the process. */
export interface Journal {
  /** Appends a record. It is on disk once a `durable()` that was called later resolves. */
  append(json: string): void;
  /**
   * Resolves when everything appended so far is on disk. Rejects permanently once a write has failed: memory is then
   * ahead of the disk, and nothing more may be acknowledged.
   */
  durable(): Promise<void>;
  close(): Promise<void>;
}

/** The journal of a server without a data folder: stores nothing. */
export const memoryJournal: Journal = {
  append() {},
  durable: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

export interface JournalSource {
  /** Loads a line of a snapshot, in the order of `dump`. */
  load(json: string): void;
  /** Applies a record again, in the order of `append`. */
  replay(json: string): void;
  /** The current state, as lines. */
  dump(): Iterable<string>;
}

/** The data folder cannot be read. Nothing is deleted: the developer decides what to keep. */
export class JournalCorruptError extends Error {
  constructor(file: string) {
    super(`${file} is damaged before its end; move the data folder to start empty`);
    this.name = "JournalCorruptError";
  }
}

const END_OF_SNAPSHOT = '{"kind":"end"}';

/**
 * Opens the journal of a folder and restores the state through `source`.
 *
 * On disk: `snapshot-<g>` is the state at the start of `journal-<g>`. Recovery reads the newest snapshot and then
 * every journal from its number on. A crash can leave behind:
 * - a truncated last line: it was never acknowledged and is dropped;
 * - `snapshot-<g>.tmp`: never renamed; the previous snapshot and its journals are complete; it is deleted;
 * - files older than a complete newer snapshot: they are deleted.
 */
export async function openJournal(
  folder: string,
  source: JournalSource,
  compactAfterBytes: number,
): Promise<Journal> {
  const unlock = await lockFolder(folder);
  try {
    const generation = await recover(folder, source);
    const journal = new FileJournal(folder, source, compactAfterBytes, unlock);
    await journal.begin(generation + 1);
    return journal;
  } catch (error) {
    await unlock();
    throw error;
  }
}

const snapshotFile = (folder: string, generation: number): string =>
  path.join(folder, `snapshot-${generation}`);
const journalFile = (folder: string, generation: number): string =>
  path.join(folder, `journal-${generation}`);

async function listGenerations(folder: string, kind: "snapshot" | "journal"): Promise<number[]> {
  const pattern = new RegExp(`^${kind}-(\\d+)$`);
  return (await readdir(folder))
    .map((name) => pattern.exec(name)?.[1])
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** @returns the newest generation with a file, 0 for none */
async function recover(folder: string, source: JournalSource): Promise<number> {
  const snapshotGeneration = (await listGenerations(folder, "snapshot")).at(-1) ?? 0;
  if (snapshotGeneration > 0) {
    const file = snapshotFile(folder, snapshotGeneration);
    let ended = false;
    const { whole } = decodeLines(await readFile(file), (json) => {
      if (json === END_OF_SNAPSHOT) ended = true;
      else source.load(json);
    });
    if (!whole || !ended) throw new JournalCorruptError(file);
  }
  const journals = (await listGenerations(folder, "journal")).filter(
    (generation) => generation >= snapshotGeneration,
  );
  for (const generation of journals) {
    const file = journalFile(folder, generation);
    const { whole } = decodeLines(await readFile(file), (json) => source.replay(json));
    // Only the last journal can have been open when the process died.
    if (!whole && generation !== journals.at(-1)) throw new JournalCorruptError(file);
  }
  return Math.max(snapshotGeneration, journals.at(-1) ?? 0);
}

class FileJournal implements Journal {
  private handle: FileHandle | null = null;
  private generation = 0;
  private bytes = 0;
  private snapshotBytes = 0;
  private pending: string[] = [];
  private waiters: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  private writing: Promise<void> | null = null;
  private compacting: Promise<void> | null = null;
  private failure: Error | null = null;

  constructor(
    private readonly folder: string,
    private readonly source: JournalSource,
    private readonly compactAfterBytes: number,
    private readonly unlock: () => Promise<void>,
  ) {}

  /** Starts a generation with a snapshot of the recovered state. Resolves before the first append. */
  async begin(generation: number): Promise<void> {
    await this.writeSnapshot(generation, encodeSnapshot(this.source.dump()));
    await this.startJournal(generation);
    await this.removeOlderFiles(generation);
  }

  append(json: string): void {
    if (this.failure) throw this.failure;
    this.pending.push(encodeLine(json));
    this.writing ??= this.writePending();
  }

  durable(): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    if (!this.writing) return Promise.resolve();
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }));
  }

  async close(): Promise<void> {
    while (this.writing || this.compacting) {
      await this.writing;
      await this.compacting;
    }
    this.failure ??= new Error("closed");
    await this.handle?.close();
    this.handle = null;
    await this.unlock();
  }

  /**
   * Group commit: all records that arrive during one write go out with the next, in one write and one sync, so a
   * thousand callers wait for one disk flush.
   */
  private async writePending(): Promise<void> {
    await Promise.resolve(); // records appended in the same turn join the first write
    while (this.pending.length > 0 || this.waiters.length > 0) {
      const lines = this.pending;
      const waiters = this.waiters;
      this.pending = [];
      this.waiters = [];
      const limit = Math.max(this.compactAfterBytes, 2 * this.snapshotBytes);
      // Taken in the same turn as `lines`, so it equals the journal after they are written.
      const snapshot = !this.compacting && this.bytes > limit ? encodeSnapshot(this.source.dump()) : null;
      try {
        if (lines.length > 0) {
          const bytes = Buffer.from(lines.join(""));
          await this.handle?.appendFile(bytes);
          await this.handle?.datasync();
          this.bytes += bytes.length;
        }
        if (snapshot) await this.rotate(snapshot);
        for (const { resolve } of waiters) resolve();
      } catch (error) {
        this.fail(error, waiters);
      }
    }
    this.writing = null;
  }

  /** Starts a new journal immediately; the snapshot that replaces the old one is written in the background. */
  private async rotate(snapshot: Buffer): Promise<void> {
    const next = this.generation + 1;
    await this.handle?.close();
    await this.startJournal(next);
    this.compacting = this.writeSnapshot(next, snapshot)
      .then(() => this.removeOlderFiles(next))
      .catch((error) => this.fail(error, []))
      .finally(() => {
        this.compacting = null;
      });
  }

  private async startJournal(generation: number): Promise<void> {
    this.handle = await open(journalFile(this.folder, generation), "a");
    this.generation = generation;
    this.bytes = 0;
    await syncFolder(this.folder);
  }

  private async writeSnapshot(generation: number, bytes: Buffer): Promise<void> {
    const file = snapshotFile(this.folder, generation);
    const handle = await open(`${file}.tmp`, "w");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.tmp`, file);
    await syncFolder(this.folder);
    this.snapshotBytes = bytes.length;
  }

  private async removeOlderFiles(generation: number): Promise<void> {
    for (const name of await readdir(this.folder)) {
      const match = /^(?:snapshot|journal)-(\d+)(?:\.tmp)?$/.exec(name);
      if (match && Number(match[1]) < generation) await rm(path.join(this.folder, name), { force: true });
    }
  }

  private fail(error: unknown, waiters: { reject: (error: unknown) => void }[]): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
    for (const { reject } of [...waiters, ...this.waiters]) reject(this.failure);
    this.waiters = [];
    this.pending = [];
  }
}

function encodeSnapshot(lines: Iterable<string>): Buffer {
  const chunks: Buffer[] = [];
  for (const json of lines) chunks.push(Buffer.from(encodeLine(json)));
  chunks.push(Buffer.from(encodeLine(END_OF_SNAPSHOT)));
  return Buffer.concat(chunks);
}

/** Makes created and renamed files durable. Platforms that cannot sync a folder do not need it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
