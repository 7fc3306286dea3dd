import { mkdtemp, readdir, rm, stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { now } from "../../core/clock";

const PREFIX = "normaldance-sound-";
/** Longer than any run: what is older was left by a process that was killed. */
const ABANDONED_AFTER_MS = 3_600_000;

/** Runs with a folder of its own, which is deleted afterwards; those of killed processes are deleted first. */
export async function withWorkFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  await deleteAbandonedFolders();
  const folder = await mkdtemp(path.join(tmpdir(), PREFIX));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const NO_SPACE = "ENOSPC";
/** What of the disk a run has when nothing else fills it. */
const WHOLE_DISK_SHARE = 0.9;

/** Whether an error, or what caused it, is that the disk is full. */
export function isDiskFull(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ("code" in cause && cause.code === NO_SPACE) return true;
  return false;
}

/**
 * Whether a run fills the disk alone, so that a repeat finds no more space. A disk that is full of other things, or of
 * other runs, may have space later.
 *
 * @param originalBytes  of the original, of which a failed download leaves a part
 */
export async function fillsDisk(folder: string, originalBytes: number): Promise<boolean> {
  const { blocks, bsize } = await statfs(folder);
  let bytes = 0;
  for (const name of await readdir(folder)) bytes += (await stat(path.join(folder, name))).size;
  return Math.max(bytes, originalBytes) > blocks * bsize * WHOLE_DISK_SHARE;
}

async function deleteAbandonedFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = path.join(tmpdir(), name);
    const found = await stat(folder).catch(() => null);
    if (found && found.mtimeMs < now() - ABANDONED_AFTER_MS)
      await rm(folder, { recursive: true, force: true });
  }
}
