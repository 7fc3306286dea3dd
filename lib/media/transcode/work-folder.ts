import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
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

async function deleteAbandonedFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = path.join(tmpdir(), name);
    const found = await stat(folder).catch(() => null);
    if (found && found.mtimeMs < now() - ABANDONED_AFTER_MS)
      await rm(folder, { recursive: true, force: true });
  }
}
