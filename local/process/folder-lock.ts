import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Another process uses the folder; two writers would corrupt each other's journal. */
export class FolderInUseError extends Error {
  constructor(folder: string, pid: number) {
    super(`${folder} is in use by process ${pid}. Stop it, or choose another data folder`);
    this.name = "FolderInUseError";
  }
}

/** A process that was just killed takes a moment to exit, so a lock is retried before it counts as in use. */
const MAX_LOCK_ATTEMPTS = 10;
const LOCK_RETRY_DELAY_MS = 100;

const lockedByThisProcess = new Set<string>();

/**
 * Locks a folder for this process. The lock of a killed process is taken over: it holds the pid and the start time,
 * so a later process with the same pid is not mistaken for the owner.
 *
 * @returns a function that unlocks it
 * @throws {FolderInUseError}
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = path.resolve(folder, "lock");
  if (lockedByThisProcess.has(file)) throw new FolderInUseError(folder, process.pid);
  lockedByThisProcess.add(file);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await acquireLock(folder, file);
  } catch (error) {
    lockedByThisProcess.delete(file);
    throw error;
  }
  return async () => {
    await rm(file, { force: true });
    lockedByThisProcess.delete(file);
  };
}

async function acquireLock(folder: string, file: string): Promise<void> {
  // Written under another name and then linked: a lock that exists always has its content.
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, JSON.stringify({ pid: process.pid, started: await processStartTime(process.pid) }));
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        return await link(draft, file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const owner = await readOwner(file);
      if (owner === null || !(await isAlive(owner))) await rm(file, { force: true });
      else if (attempt < MAX_LOCK_ATTEMPTS) await sleep(LOCK_RETRY_DELAY_MS);
      else throw new FolderInUseError(folder, owner.pid);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

interface LockOwner {
  pid: number;
  started: string | null;
}

/** @returns null when the lock no longer exists or a power cut left it empty */
async function readOwner(file: string): Promise<LockOwner | null> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return null;
  }
}

async function isAlive(owner: LockOwner): Promise<boolean> {
  if (owner.pid === process.pid) return false; // else it were in lockedByThisProcess
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return owner.started === (await processStartTime(owner.pid));
}

/**
 * The start time of a process on Linux; null on other systems, where the pid decides alone. A zombie, as in a
 * container without an init process, gets "never".
 */
async function processStartTime(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return /^[ZX]$/.test(fields[0] ?? "") ? "never" : (fields[19] ?? null);
  } catch {
    return null;
  }
}
