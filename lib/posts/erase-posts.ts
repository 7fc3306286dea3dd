import { z } from "zod";
import { cacheManager, postTag } from "../cache";
import { db, ERASURE_BATCH_SIZE, Prisma, retryOnConflict, transaction } from "../db";
import { deleteCachedViews } from "../views";

const idsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * Erases one batch of what belongs to posts that nothing shows any more: first what refers to them, the links in chat
 * messages, the views and the plays, then the posts. A post's counts stay the numbers of its views and plays meanwhile.
 *
 * @param ids  not empty
 * @returns how many rows; at least 1
 */
export async function erasePosts(ids: readonly string[]): Promise<number> {
  const unlinked = await retryOnConflict(
    () => db().$executeRaw`
UPDATE "ChatMessage" SET "postId" = NULL WHERE id = ANY(ARRAY(
  SELECT id FROM "ChatMessage" WHERE "postId" = ANY(${ids}::uuid[]) LIMIT ${ERASURE_BATCH_SIZE}))`,
  );
  if (unlinked > 0) return unlinked;
  for (const counter of COUNTERS) {
    const uncounted = await deleteCounted(ids, counter);
    if (uncounted > 0) return uncounted;
  }
  const deleted = await transaction(async (tx) => {
    // Locked first: a view or a link that refers to one of them either has committed, or waits and then fails.
    await tx.$executeRaw`SELECT 1 FROM "Post" WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`;
    const rows = await tx.$queryRaw`
DELETE FROM "Post" post WHERE post.id = ANY(${ids}::uuid[])
  AND NOT EXISTS (SELECT FROM "PostView" view WHERE view."postId" = post.id)
  AND NOT EXISTS (SELECT FROM "PostPlay" play WHERE play."postId" = post.id)
  AND NOT EXISTS (SELECT FROM "ChatMessage" x WHERE x."postId" = post.id)
RETURNING post.id`;
    const deletedIds = idsSchema.parse(rows).map(({ id }) => id);
    await cacheManager.invalidateAfterCommit(tx, deletedIds.map(postTag));
    return deletedIds;
  });
  await deleteCachedViews(deleted);
  // Not 0 while posts are left: what still refers to them is removed by the next batch.
  return Math.max(deleted.length, 1);
}

/** What a post counts: the table with a row for each, and the post's columns that are written with it. */
const COUNTERS = [
  { table: "PostView", count: "views", version: "viewsVersion" },
  { table: "PostPlay", count: "plays", version: "playsVersion" },
] as const;

/** Deletes one batch of these posts' counted rows, and takes them off the counts in the same statement. */
function deleteCounted(
  postIds: readonly string[],
  { table, count, version }: (typeof COUNTERS)[number],
): Promise<number> {
  const [rows, counts, versions] = [table, count, version].map((name) => Prisma.raw(`"${name}"`));
  return retryOnConflict(
    () => db().$executeRaw`
WITH removed AS (
  DELETE FROM ${rows} WHERE id = ANY(ARRAY(
    SELECT id FROM ${rows} WHERE "postId" = ANY(${postIds}::uuid[]) LIMIT ${ERASURE_BATCH_SIZE}))
  RETURNING "postId"
), counted AS (
  SELECT "postId", count(*)::int AS size FROM removed GROUP BY "postId"
)
UPDATE "Post" post SET ${counts} = post.${counts} - counted.size, ${versions} = post.${versions} + 1
FROM counted WHERE post.id = counted."postId"`,
  );
}
