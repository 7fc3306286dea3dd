import { z } from "zod";
import { db, retryOnConflict } from "../db";
import type { ViewRow } from "./view-row";

export interface ViewPair {
  postId: string;
  viewerSeq: number;
}

export interface PersistedPost extends ViewRow {
  /** Viewers whose view is new. */
  inserted: number[];
}

export interface PersistResult {
  /** Every post of the input that still exists and whose author is not being erased. */
  posts: PersistedPost[];
  /** Pairs whose post or viewer no longer exists. */
  dropped: number;
}

const rowsSchema = z.array(
  z.object({
    id: z.string(),
    authorSeq: z.number(),
    views: z.number(),
    version: z.number(),
    batch: z.string().nullable(),
    inserted: z.array(z.number()),
    /** Of all posts together: pairs whose post and viewer exist. */
    known: z.number(),
  }),
);

/**
 * Writes views to Postgres in one statement: drops pairs whose post or viewer no longer exists, or whose author is being
 * erased, and the authors' own views, inserts the rest once, and adds the number of inserted rows to `Post.views`.
 *
 * Safe to repeat and to run concurrently: it locks accounts by `seq`, then posts by id, then inserts rows in that
 * order, so two runs over the same posts are serialized. Accounts (viewers and authors) come first, because deleting an
 * account locks it before its posts and views: the two wait for each other at the first shared account, and deleted
 * rows are skipped instead of breaking a foreign key.
 * A version changes only with its count.
 *
 * Postgres has no statistics for the intermediate steps: with more joins it estimates 10,000 views as millions and
 * compiles the plan (JIT) for two seconds.
 *
 * @param batchId  the sync's batch; null for a view that is written to Postgres directly
 */
export async function persistViews(
  pairs: readonly ViewPair[],
  batchId: string | null,
): Promise<PersistResult> {
  if (pairs.length === 0) return { posts: [], dropped: 0 };
  const postIds = pairs.map(({ postId }) => postId);
  const viewerSeqs = pairs.map(({ viewerSeq }) => viewerSeq);
  const result = await retryOnConflict(
    () => db().$queryRaw`
WITH input AS (
  SELECT DISTINCT pair."postId", pair."viewerSeq"
  FROM unnest(${postIds}::uuid[], ${viewerSeqs}::int[]) AS pair("postId", "viewerSeq")
), person AS (
  SELECT person.seq FROM "User" person
  WHERE person.seq IN (
    SELECT "viewerSeq" FROM input
    UNION
    SELECT author.seq FROM "Post" post JOIN "User" author ON author.id = post."authorId"
    WHERE post.id IN (SELECT "postId" FROM input)
  )
  ORDER BY person.seq FOR KEY SHARE
), locked AS (
  SELECT post.id, author.seq AS "authorSeq", post.views, post."viewsVersion", post."viewsBatch"
  FROM "Post" post JOIN "User" author ON author.id = post."authorId" AND author."deletedAt" IS NULL
  -- The count makes Postgres lock every account before the first post.
  WHERE (SELECT count(*) FROM person) > 0 AND post.id IN (SELECT "postId" FROM input)
  ORDER BY post.id FOR NO KEY UPDATE OF post
), known AS (
  SELECT input."postId", input."viewerSeq", locked."authorSeq"
  FROM input JOIN locked ON locked.id = input."postId"
  WHERE input."viewerSeq" IN (SELECT seq FROM person)
), inserted AS (
  INSERT INTO "PostView" ("postId", "viewerSeq")
  SELECT "postId", "viewerSeq" FROM known WHERE "viewerSeq" <> "authorSeq"
  ORDER BY "postId", "viewerSeq"
  ON CONFLICT ("postId", "viewerSeq") DO NOTHING
  RETURNING "postId", "viewerSeq"
), gained AS (
  SELECT "postId", count(*)::int AS size, array_agg("viewerSeq") AS viewers FROM inserted GROUP BY "postId"
), updated AS (
  UPDATE "Post" post
  SET views = post.views + gained.size,
      "viewsVersion" = post."viewsVersion" + 1,
      "viewsBatch" = coalesce(${batchId}::uuid, post."viewsBatch")
  FROM gained WHERE post.id = gained."postId"
  RETURNING post.id, post.views, post."viewsVersion", post."viewsBatch"
)
SELECT locked.id, locked."authorSeq",
  coalesce(updated.views, locked.views) AS views,
  coalesce(updated."viewsVersion", locked."viewsVersion") AS version,
  coalesce(updated."viewsBatch", locked."viewsBatch") AS batch,
  coalesce(gained.viewers, '{}') AS inserted,
  (SELECT count(*)::int FROM known) AS known
FROM locked
LEFT JOIN updated ON updated.id = locked.id
LEFT JOIN gained ON gained."postId" = locked.id`,
  );
  const rows = rowsSchema.parse(result);
  const distinctPairs = new Set(pairs.map(({ postId, viewerSeq }) => `${postId}:${viewerSeq}`)).size;
  return {
    posts: rows.map(({ known: _, ...post }) => post),
    dropped: distinctPairs - (rows[0]?.known ?? 0),
  };
}
