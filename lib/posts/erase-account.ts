import { z } from "zod";
import { cacheManager, FEED_TAG, postTag } from "../cache";
import { db, ERASURE_BATCH_SIZE, Prisma, retryOnConflict, transaction } from "../db";
import { deleteCachedViews } from "../views";

/** The posts' part of erasing an account whose deletion was requested: no reader loads its posts any more. */

/** Posts that one invalidation, or one deletion, covers. */
const PAGE_SIZE = 500;

/**
 * Invalidates an author's cached posts and deletes their view counts in Redis, newest first.
 * @param hasTime  checked after each page; false ends the call
 */
export async function hideAuthorPosts(authorId: string, hasTime: () => boolean): Promise<void> {
  for (let before: string | undefined; ; ) {
    const ids = await readPageOfIds(authorId, before);
    if (ids.length === 0) return;
    await transaction((tx) => cacheManager.invalidateAfterCommit(tx, [FEED_TAG, ...ids.map(postTag)]));
    await deleteCachedViews(ids);
    before = ids.at(-1);
    if (ids.length < PAGE_SIZE || !hasTime()) return;
  }
}

async function readPageOfIds(authorId: string, before?: string): Promise<string[]> {
  const posts = await db().post.findMany({
    where: { authorId, ...(before === undefined ? {} : { id: { lt: before } }) },
    orderBy: { id: "desc" },
    take: PAGE_SIZE,
    select: { id: true },
  });
  return posts.map(({ id }) => id);
}

const idsSchema = z.array(z.object({ id: z.uuid() }));

/**
 * Erases one batch of an author's newest posts: first what refers to them, the links in chat messages, the views and
 * the plays, then the posts. A post's counts stay the numbers of its views and plays meanwhile.
 *
 * @returns how many rows; 0 when no post is left
 */
export async function erasePostBatch(authorId: string): Promise<number> {
  const ids = await readPageOfIds(authorId);
  if (ids.length === 0) return 0;
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
