import { z } from "zod";
import { db, retryOnConflict } from "../db";
import type { ViewRow } from "./touch";

export interface ViewPair {
  postId: string;
  viewerSeq: number;
}

export interface PersistedPost extends ViewRow {
  /** Who was not among the post's viewers before. */
  inserted: number[];
}

export interface Persisted {
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
    known: z.number(),
  }),
);

/**
 * Puts views into Postgres in one statement: drops pairs whose post or viewer is gone and the authors'
 * own, inserts the rest once, and moves `Post.views` by what was inserted.
 *
 * Safe to repeat and to run against itself: posts are locked in the order of their ids before anything is
 * inserted, and inserts follow the same order, so two runs over the same posts go one after the other.
 * Viewers are share-locked, so an account deleted meanwhile is skipped, not a broken foreign key.
 * A version moves only when a count does.
 *
 * @param batchId  the sync's batch; null for a view that goes straight to Postgres
 */
export async function persistViews(pairs: readonly ViewPair[], batchId: string | null): Promise<Persisted> {
  if (pairs.length === 0) return { posts: [], dropped: 0 };
  const postIds = pairs.map(({ postId }) => postId);
  const viewerSeqs = pairs.map(({ viewerSeq }) => viewerSeq);
  const answer = await retryOnConflict(
    () => db().$queryRaw`
WITH input AS (
  SELECT DISTINCT pair."postId", pair."viewerSeq"
  FROM unnest(${postIds}::uuid[], ${viewerSeqs}::int[]) AS pair("postId", "viewerSeq")
), locked AS (
  SELECT post.id, post."authorId", post.views, post."viewsVersion", post."viewsBatch"
  FROM "Post" post WHERE post.id IN (SELECT "postId" FROM input)
  ORDER BY post.id FOR UPDATE
), viewer AS (
  SELECT person.seq FROM "User" person WHERE person.seq IN (SELECT "viewerSeq" FROM input)
  ORDER BY person.seq FOR KEY SHARE
), known AS (
  SELECT input."postId", input."viewerSeq", author.seq AS "authorSeq"
  FROM input
  JOIN locked ON locked.id = input."postId"
  JOIN viewer ON viewer.seq = input."viewerSeq"
  JOIN "User" author ON author.id = locked."authorId"
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
SELECT locked.id,
  author.seq AS "authorSeq",
  coalesce(updated.views, locked.views) AS views,
  coalesce(updated."viewsVersion", locked."viewsVersion") AS version,
  coalesce(updated."viewsBatch", locked."viewsBatch") AS batch,
  coalesce(gained.viewers, '{}') AS inserted,
  (SELECT count(*)::int FROM known WHERE known."postId" = locked.id) AS known
FROM locked
JOIN "User" author ON author.id = locked."authorId"
LEFT JOIN updated ON updated.id = locked.id
LEFT JOIN gained ON gained."postId" = locked.id`,
  );
  const rows = rowsSchema.parse(answer);
  const distinct = new Set(pairs.map(({ postId, viewerSeq }) => `${postId}:${viewerSeq}`)).size;
  return {
    posts: rows.map(({ known: _, ...post }) => post),
    dropped: distinct - rows.reduce((sum, { known }) => sum + known, 0),
  };
}
