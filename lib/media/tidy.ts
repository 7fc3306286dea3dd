import { z } from "zod";
import { now } from "../core/clock";
import { db, Prisma, transaction } from "../db";
import {
  type BlobStoreName,
  deleteBlobs,
  hasBlobStore,
  hasPublicStore,
  listBlobs,
  listFolders,
} from "../storage";
import { deleteOwnerlessFiles } from "./delete-files";
import { interruptStalledFiles } from "./interrupt-files";
import { ageInDays, MEDIA_ROOT, SOUND_PARTS_ROOT, SOUND_ROOT, VARIANT_ROOT } from "./pathname";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A file attached to no message that long after its upload was never sent, or its message was deleted. */
const UNUSED_AFTER_MS = DAY_MS;
/** A sound or cover of no post, no product and no profile; its author may still be writing the post. */
const UNUSED_UPLOAD_AFTER_MS = 7 * DAY_MS;
/** The row is committed within seconds of the bytes, or never. */
const ORPHANED_AFTER_MS = HOUR_MS;
/** The task that is to continue an encoding ends within a day of its start. */
const UNFINISHED_AFTER_MS = 2 * DAY_MS;
/** The folders of the last days are scanned in every run, and one older folder each day. */
const ALWAYS_SCANNED_DAYS = 8;
/** Files that one statement looks at. */
const WINDOW_SIZE = 1_000;
/** No window starts after it: of very many files, only the newer ones are looked at. */
const UNUSED_BUDGET_MS = 10_000;

export const tidiedFilesSchema = z.object({
  /** Files that nothing uses, which are then deleted as ownerless files. */
  unused: z.int(),
  deleted: z.int(),
  /** Bytes that no row names: of uploads and runs that were interrupted. */
  orphans: z.int(),
});

/**
 * Deletes ownerless files, files that nothing uses, and bytes of interrupted uploads and runs; refuses files whose
 * processing has stopped. Safe to repeat. Without a store there is nothing to do.
 *
 * @throws {AppError} unavailable when the store is down; the next run continues
 */
export async function tidyFiles(): Promise<z.infer<typeof tidiedFilesSchema>> {
  if (!hasBlobStore()) return { unused: 0, deleted: 0, orphans: 0 };
  await interruptStalledFiles();
  const unused = await disownUnusedFiles();
  const deleted = await deleteOwnerlessFiles();
  let orphans = 0;
  for (const root of roots) {
    if (root.store === "private" || hasPublicStore()) orphans += await deleteOrphans(root);
  }
  return { unused, deleted, orphans };
}

/**
 * Disowns files that nothing uses. Looks at the files in windows, the newest first: most unused files are new, and no
 * index names the files in use.
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
 * Two statements: the lock makes new uses wait (through their foreign key), and only the second statement, after the
 * lock, is sure to see the earlier ones.
 */
async function disownUnused(ids: readonly string[]): Promise<number> {
  const isUnused = unusedFiles(new Date(now() - UNUSED_UPLOAD_AFTER_MS));
  return transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
SELECT f.id::text AS id FROM "MediaFile" f
WHERE f.id = ANY(${ids}::uuid[]) AND f."ownerId" IS NOT NULL AND ${isUnused}
ORDER BY f.id FOR UPDATE SKIP LOCKED`;
    if (rows.length === 0) return 0;
    return tx.$executeRaw`
UPDATE "MediaFile" f SET "ownerId" = NULL, name = ''
WHERE f.id = ANY(${rows.map(({ id }) => id)}::uuid[]) AND ${isUnused}`;
  });
}

/**
 * The condition for files of more than a day: attachments of no message, uploads that have not arrived, and files that
 * no post, no product and no profile shows for a week. A cover within a sound stays with the sound.
 */
function unusedFiles(uploadedBefore: Date): Prisma.Sql {
  return Prisma.sql`CASE
  WHEN f.purpose = 'attachment' THEN NOT EXISTS (SELECT FROM "ChatAttachment" a WHERE a."fileId" = f.id)
  WHEN f.status = 'uploading' THEN true
  ELSE f."createdAt" < ${uploadedBefore}
    AND NOT EXISTS (SELECT FROM "Post" x WHERE x."audioFileId" = f.id)
    AND NOT EXISTS (SELECT FROM "Post" x WHERE x."coverFileId" = f.id)
    AND NOT EXISTS (SELECT FROM "Product" x WHERE x."audioFileId" = f.id)
    AND NOT EXISTS (SELECT FROM "Product" x WHERE x."coverFileId" = f.id)
    AND NOT EXISTS (SELECT FROM "User" x WHERE x."pictureFileId" = f.id)
    AND NOT EXISTS (SELECT FROM "Track" t WHERE t."embeddedCoverId" = f.id)
END`;
}

/** A folder of one of the stores, with a folder for each day. */
interface BlobRoot {
  store: BlobStoreName;
  path: string;
  orphanedAfterMs: number;
  /** Those among the pathnames that rows name. */
  findNamed(pathnames: string[]): Promise<{ pathname: string }[]>;
}

const findVariants = (pathnames: string[]) =>
  db().mediaVariant.findMany({ where: { pathname: { in: pathnames } }, select: { pathname: true } });

const roots: readonly BlobRoot[] = [
  {
    store: "private",
    path: MEDIA_ROOT,
    orphanedAfterMs: ORPHANED_AFTER_MS,
    findNamed: (pathnames) =>
      db().mediaFile.findMany({ where: { pathname: { in: pathnames } }, select: { pathname: true } }),
  },
  {
    store: "private",
    path: SOUND_PARTS_ROOT,
    orphanedAfterMs: UNFINISHED_AFTER_MS,
    findNamed: async () => [],
  },
  { store: "public", path: VARIANT_ROOT, orphanedAfterMs: ORPHANED_AFTER_MS, findNamed: findVariants },
  { store: "public", path: SOUND_ROOT, orphanedAfterMs: ORPHANED_AFTER_MS, findNamed: findVariants },
];

async function deleteOrphans({ store, path, orphanedAfterMs, findNamed }: BlobRoot): Promise<number> {
  let deleted = 0;
  for (const folder of foldersToScan(await listFolders(path, store))) {
    for await (const blobs of listBlobs(folder, store)) {
      const old = blobs.filter(({ uploadedAt }) => uploadedAt.getTime() < now() - orphanedAfterMs);
      const pathnames = old.map(({ pathname }) => pathname);
      const named = new Set((await findNamed(pathnames)).map(({ pathname }) => pathname));
      const orphans = pathnames.filter((pathname) => !named.has(pathname));
      await deleteBlobs(orphans, store);
      deleted += orphans.length;
    }
  }
  return deleted;
}

function foldersToScan(folders: readonly string[]): string[] {
  const age = (folder: string) => ageInDays(folder, now());
  const older = folders.filter((folder) => age(folder) >= ALWAYS_SCANNED_DAYS);
  const rotatingFolder = older[Math.floor(now() / DAY_MS) % Math.max(older.length, 1)];
  return [
    ...folders.filter((folder) => age(folder) < ALWAYS_SCANNED_DAYS),
    ...(rotatingFolder === undefined ? [] : [rotatingFolder]),
  ];
}
