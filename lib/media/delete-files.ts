import { defer } from "../core/defer";
import { log } from "../core/log";
import { afterCommit, db, type Transaction } from "../db";
import { deleteBlobs, hasBlobStore } from "../storage";

const BATCH_SIZE = 100;
/** A run's; the next one goes on. */
const MAX_BATCHES = 20;

/**
 * Takes somebody's files away, for good: with the transaction they are nobody's and have no name, and no route gives them
 * out. A row stays for as long as the store has its bytes, and is how a deletion is never lost: right after the commit,
 * and again every day, what is nobody's is deleted there and then here.
 */
export async function deleteAccountFiles(tx: Transaction, userId: string): Promise<void> {
  const { count } = await tx.mediaFile.updateMany({
    where: { ownerId: userId },
    data: { ownerId: null, name: "" },
  });
  if (count > 0) afterCommit(tx, () => defer(deleteAfterCommit));
}

async function deleteAfterCommit(): Promise<void> {
  try {
    if (hasBlobStore()) await deleteOwnerlessFiles();
  } catch (error) {
    log().warn({ err: error }, "files of a deleted account stay in the store until the tidy");
  }
}

/**
 * Deletes files that are nobody's: the bytes, then the rows. Safe to repeat and to run twice at once.
 * @returns how many
 * @throws {AppError} unavailable; what was deleted until then is
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
