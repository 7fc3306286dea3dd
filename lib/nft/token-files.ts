import { defer } from "../core/defer";
import { log } from "../core/log";
import { afterCommit, db, type Transaction } from "../db";
import { deleteBlobs, hasPublicStore, listBlobs } from "../storage";

/**
 * What the public store has of a mint: its metadata and its cover. Short, because the chain stores the metadata's address:
 * 32 bytes more cost 22,000 gas.
 */
export function tokenFolder(mintId: string): string {
  return `tokens/${Buffer.from(mintId.replaceAll("-", ""), "hex").toString("base64url")}/`;
}

/**
 * Deletes the files of mints that have no token and never will. Safe to repeat and to run concurrently.
 * @throws {AppError} unavailable
 */
export async function deleteTokenFiles(mintIds: readonly string[]): Promise<void> {
  // Without the store nothing was stored.
  if (!hasPublicStore()) return;
  for (const id of mintIds) {
    for await (const blobs of listBlobs(tokenFolder(id), "public")) {
      await deleteBlobs(
        blobs.map(({ pathname }) => pathname),
        "public",
      );
    }
    await db().mint.updateMany({ where: { id, state: "failed" }, data: { metadataUrl: null } });
  }
}

/** Deletes the files of a mint that has failed, after the commit; what fails is left to the tidy. */
export function deleteTokenFilesAfterCommit(tx: Transaction, mintId: string): void {
  afterCommit(tx, () =>
    defer(async () => {
      try {
        await deleteTokenFiles([mintId]);
      } catch (error) {
        log().warn({ err: error, mintId }, "files of a failed mint not deleted: left to the daily tidy");
      }
    }),
  );
}

/** Deletes the files that a look has just stored for a mint that was ended meanwhile, or deleted with its account. */
export async function deleteIfEnded(mintId: string): Promise<void> {
  const mint = await db().mint.findUnique({ where: { id: mintId }, select: { state: true } });
  if (mint === null || mint.state === "failed") await deleteTokenFiles([mintId]);
}

/** Mints of one run; the next one continues. */
const MAX_TIDIED = 200;

/**
 * Deletes the files of failed mints that are still named, because the store was down or a process crashed.
 * @returns of how many mints
 * @throws {AppError} unavailable
 */
export async function tidyTokenFiles(): Promise<number> {
  const failed = await db().mint.findMany({
    where: { state: "failed", metadataUrl: { not: null } },
    orderBy: { id: "asc" },
    take: MAX_TIDIED,
    select: { id: true },
  });
  await deleteTokenFiles(failed.map(({ id }) => id));
  return failed.length;
}
