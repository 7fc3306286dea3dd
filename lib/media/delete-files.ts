import { defer } from "../core/defer";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { afterCommit, db, ERASURE_BATCH_SIZE, transaction } from "../db";
import { deleteBlobs, hasBlobStore, hasPublicStore } from "../storage";

const BATCH_SIZE = 100;
/** Batches per run; the next run continues. */
const MAX_BATCHES = 20;

/**
 * Files that nothing keeps: without an owner, and of no product. What was sold stays for its buyers when the seller's
 * account is deleted, with its cover; a cover within a sound goes after the sound.
 */
const isDeletable = {
  ownerId: null,
  productsWithAudio: { none: {} },
  productsWithCover: { none: {} },
  embeddedIn: null,
} as const;

/**
 * Removes owner and names from one batch of the files of an account whose deletion was requested; no route serves them
 * since then, except to buyers. A row stays until the store has deleted its bytes, so that no deletion is lost: right
 * after the commit, and again every day, the bytes of ownerless files are deleted, then their rows.
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
    const ids = files.map(({ id }) => id);
    // The tags of a sound are texts of its author's.
    await tx.track.updateMany({ where: { fileId: { in: ids } }, data: { title: null, artist: null } });
    const { count } = await tx.mediaFile.updateMany({
      where: { id: { in: ids }, ownerId: userId },
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
 * Deletes ownerless files: the bytes of their variants and their own, then the rows. Safe to repeat and to run
 * concurrently.
 *
 * @returns how many
 * @throws {AppError} unavailable when the store is down; earlier batches stay deleted
 */
export async function deleteOwnerlessFiles(): Promise<number> {
  let deleted = 0;
  // The row is all that knows the names of its variants: without the public store it stays, and those after it do not wait.
  const where = { ...isDeletable, ...(hasPublicStore() ? {} : { variants: { none: {} } }) };
  // One batch more than there are, for covers whose sounds were in the last.
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const files = await db().mediaFile.findMany({
      where,
      orderBy: { id: "asc" },
      take: BATCH_SIZE,
      select: { id: true, pathname: true, variants: { select: { pathname: true } } },
    });
    const variants = files.flatMap((file) => file.variants.map(({ pathname }) => pathname));
    await deleteBlobs(variants, "public");
    await deleteBlobs(files.map(({ pathname }) => pathname));
    await failpoint("media.bytes.deleted");
    const ids = files.map(({ id }) => id);
    const { count } = await db().mediaFile.deleteMany({ where: { id: { in: ids }, ...where } });
    deleted += count;
    if (count === 0) break;
  }
  return deleted;
}
