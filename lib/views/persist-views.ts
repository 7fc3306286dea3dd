import { z } from "zod";
import { db, retryOnConflict } from "../db";
import type { ViewRow } from "./view-row";

export interface ViewPair {
  postId: string;
  viewerSeq: number;
}

export interface PersistedPost extends ViewRow {
  /** Who was not among the post's viewers before. */
  inserted: number[];
}

export interface PersistResult {
  /** Every post of the input that still exists. */
  posts: PersistedPost[];
  /** Pairs whose post or viewer is gone. */
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
 * Puts views into Postgres in one statement: drops pairs whose post or viewer is gone and the authors'
 * own, inserts the rest once, and moves `Post.views` by what was inserted.
 *
 * Safe to repeat and to run against itself: people are locked in the order of their numbers, then posts
 * in the order of their ids, then rows are inserted in that order, so two runs over the same posts go one
 * after the other. People first, viewers and authors both, because deleting an account locks it before its
 * posts and views: such a deletion and this statement wait for each other at the first account they share,
 * and what is deleted by then is skipped, not a broken foreign key.
 * A version moves only when a count does.
 *
 * Postgres has no statistics of what is between the steps; joins are kept few, or it takes 10,000 views for
 * millions and compiles the plan (JIT) for two seconds.
 *
 * @param batchId  the sync's batch; null for a view that goes straight to Postgres
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
  FROM "Post" post JOIN "User" author ON author.id = post."authorId"
  -- Counting them makes Postgres lock every person before the first post.
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
