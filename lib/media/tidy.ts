import { z } from "zod";
import { now } from "../core/clock";
import { db, transaction } from "../db";
import { deleteBlobs, hasBlobStore, listBlobs, listFolders } from "../storage";
import { deleteOwnerlessFiles } from "./delete-files";
import { ageInDays, MEDIA_ROOT } from "./pathname";

const HOUR_MS = 3_600_000;
/** A file attached to no message that long after its upload was never sent, or its message was deleted. */
const UNUSED_AFTER_MS = 24 * HOUR_MS;
/** The row is committed within seconds of the bytes, or never. */
const ORPHANED_AFTER_MS = HOUR_MS;
/** The folders of the last days are scanned in every run, and one older folder each day. */
const ALWAYS_SCANNED_DAYS = 8;
/** Files that one statement looks at. */
const WINDOW_SIZE = 1_000;
/** No window starts after it: of very many files, only the newer ones are looked at. */
const UNUSED_BUDGET_MS = 10_000;

export const tidiedFilesSchema = z.object({
  /** Files attached to no message, which are then deleted as ownerless files. */
  unused: z.int(),
  deleted: z.int(),
  /** Bytes whose upload ended before the row was committed. */
  orphans: z.int(),
});

/**
 * Deletes ownerless files, files that are attached to no message, and bytes of interrupted uploads. Safe to repeat.
 * Without a store there is nothing to do.
 *
 * @throws {AppError} unavailable when the store is down; the next run continues
 */
export async function tidyFiles(): Promise<z.infer<typeof tidiedFilesSchema>> {
  if (!hasBlobStore()) return { unused: 0, deleted: 0, orphans: 0 };
  const unused = await disownUnusedFiles();
  const deleted = await deleteOwnerlessFiles();
  return { unused, deleted, orphans: await deleteOrphans() };
}

/**
 * Disowns files of no message. Looks at the files in windows, the newest first: most unused files are new, and a file
 * stays in no index by whether it is used.
 */
async function disownUnusedFiles(): Promise<number> {
  const deadlineMs = now() + UNUSED_BUDGET_MS;
  let disowned = 0;
  let beforeId = "ffffffff-ffff-ffff-ffff-ffffffffffff";
  while (now() < deadlineMs) {
    const files = await db().mediaFile.findMany({
      where: { id: { lt: beforeId }, createdAt: { lt: new Date(now() - UNUSED_AFTER_MS) } },
      orderBy: { id: "desc" },
      take: WINDOW_SIZE,
      select: { id: true },
    });
    disowned += await disownUnused(files.map(({ id }) => id));
    const last = files.at(-1);
    if (!last || files.length < WINDOW_SIZE) break;
    beforeId = last.id;
  }
  return disowned;
}

/**
 * Two statements: the lock makes new attachments wait (through their foreign key), and only the second statement, after
 * the lock, is sure to see the earlier ones.
 */
async function disownUnused(ids: readonly string[]): Promise<number> {
  return transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
SELECT f.id::text AS id FROM "MediaFile" f
WHERE f.id = ANY(${ids}::uuid[]) AND f."ownerId" IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM "ChatAttachment" a WHERE a."fileId" = f.id)
ORDER BY f.id FOR UPDATE SKIP LOCKED`;
    if (rows.length === 0) return 0;
    const { count } = await tx.mediaFile.updateMany({
      where: { id: { in: rows.map(({ id }) => id) }, attachments: { none: {} } },
      data: { ownerId: null, name: "" },
    });
    return count;
  });
}

async function deleteOrphans(): Promise<number> {
  let deleted = 0;
  for (const folder of foldersToScan(await listFolders(MEDIA_ROOT))) {
    for await (const blobs of listBlobs(folder)) {
      const old = blobs.filter(({ uploadedAt }) => uploadedAt.getTime() < now() - ORPHANED_AFTER_MS);
      const pathnames = old.map(({ pathname }) => pathname);
      const files = await db().mediaFile.findMany({
        where: { pathname: { in: pathnames } },
        select: { pathname: true },
      });
      const referenced = new Set(files.map(({ pathname }) => pathname));
      const orphans = pathnames.filter((pathname) => !referenced.has(pathname));
      await deleteBlobs(orphans);
      deleted += orphans.length;
    }
  }
  return deleted;
}

function foldersToScan(folders: readonly string[]): string[] {
  const age = (folder: string) => ageInDays(folder, now());
  const older = folders.filter((folder) => age(folder) >= ALWAYS_SCANNED_DAYS);
  const rotatingFolder = older[Math.floor(now() / (24 * HOUR_MS)) % Math.max(older.length, 1)];
  return [
    ...folders.filter((folder) => age(folder) < ALWAYS_SCANNED_DAYS),
    ...(rotatingFolder === undefined ? [] : [rotatingFolder]),
  ];
}
