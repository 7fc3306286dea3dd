import { defer } from "../core/defer";
import { log } from "../core/log";
import { afterCommit, db, ERASURE_BATCH_SIZE, transaction } from "../db";
import { deleteBlobs, hasBlobStore } from "../storage";

const BATCH_SIZE = 100;
/** Batches per run; the next run continues. */
const MAX_BATCHES = 20;

/**
 * Removes owner and name from one batch of the files of an account whose deletion was requested; no route serves them
 * since then. A row stays until the store has deleted its bytes, so that no deletion is lost: right after the commit,
 * and again every day, the bytes of ownerless files are deleted, then their rows.
 *
 * @returns how many; 0 when none is left
 */
export function eraseFileBatch(userId: string): Promise<number> {
  return transaction(async (tx) => {
    const files = await tx.mediaFile.findMany({
      where: { ownerId: userId },
      take: ERASURE_BATCH_SIZE,
      select: { id: true },
    });
    const { count } = await tx.mediaFile.updateMany({
      where: { id: { in: files.map(({ id }) => id) }, ownerId: userId },
      data: { ownerId: null, name: "" },
    });
    if (count > 0) afterCommit(tx, () => defer(deleteAfterCommit));
    return count;
  });
}

/** Deletes the bytes and rows of files that lost their owner; the daily tidy repeats it. Never throws. */
export async function deleteAfterCommit(): Promise<void> {
  try {
    if (hasBlobStore()) await deleteOwnerlessFiles();
  } catch (error) {
    log().warn({ err: error }, "ownerless files not deleted yet: left to the daily tidy");
  }
}

/**
 * Deletes ownerless files: the bytes, then the rows. Safe to repeat and to run concurrently.
 * @returns how many
 * @throws {AppError} unavailable when the store is down; earlier batches stay deleted
 */
export async function deleteOwnerlessFiles(): Promise<number> {
  let deleted = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const files = await db().mediaFile.findMany({
      where: { ownerId: null },
      orderBy: { id: "asc" },
      take: BATCH_SIZE,
      select: { id: true, pathname: true },
    });
    await deleteBlobs(files.map(({ pathname }) => pathname));
    const ids = files.map(({ id }) => id);
    const { count } = await db().mediaFile.deleteMany({ where: { id: { in: ids } } });
    deleted += count;
    if (files.length < BATCH_SIZE) break;
  }
  return deleted;
}
