import { z } from "zod";
import { Prisma } from "../db";
import type { PersistedRow, PersistedRows } from "./counter/definition";
import { persistCounts } from "./counter/persist";
import type { ViewRow } from "./view-row";

export interface ViewPair {
  postId: string;
  viewerSeq: number;
}

export type PersistedPost = PersistedRow<number, ViewRow>;

export type PersistResult = PersistedRows<number, ViewRow>;

/**
 * Writes views to Postgres in one statement (counter/persist.ts).
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
  const { posts, known } = await persistCounts(
    {
      ...{ count: "views", version: "viewsVersion", batch: "viewsBatch" },
      input: Prisma.sql`SELECT DISTINCT pair."postId", pair."viewerSeq"
  FROM unnest(${postIds}::uuid[], ${viewerSeqs}::int[]) AS pair("postId", "viewerSeq")`,
      insert: Prisma.sql`INSERT INTO "PostView" ("postId", "viewerSeq")
  SELECT "postId", "viewerSeq" FROM known WHERE "viewerSeq" <> "authorSeq"
  ORDER BY "postId", "viewerSeq"
  ON CONFLICT ("postId", "viewerSeq") DO NOTHING
  RETURNING "postId", "viewerSeq" AS viewer`,
    },
    batchId,
    z.number(),
  );
  const distinctPairs = new Set(pairs.map(({ postId, viewerSeq }) => `${postId}:${viewerSeq}`)).size;
  return {
    posts: posts.map(({ count, ...post }) => ({ ...post, views: count })),
    dropped: distinctPairs - known,
  };
}
