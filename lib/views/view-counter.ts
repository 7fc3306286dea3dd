import { z } from "zod";
import { db, existingPost, Prisma } from "../db";
import { keys } from "../redis";
import { idSchema } from "../schemas/id";
import {
  type CountedRow,
  type CounterDefinition,
  type PersistedRow,
  type PersistedRows,
  seqSchema,
} from "./counter/definition";
import { createLiveCounts } from "./counter/live-counts";
import { persistCounts } from "./counter/persist";

/** The counter of views: what a view is, its keys in Redis, its rows in Postgres. `play-counter.ts` is the same of plays. */

/** Views of a post in Postgres at some moment. */
export interface ViewRow extends CountedRow {
  views: number;
}

/** Columns that `toViewRow` needs. */
export const viewColumns = {
  id: true,
  views: true,
  viewsVersion: true,
  viewsBatch: true,
  author: { select: { seq: true } },
} as const;

interface PostRow {
  id: string;
  views: number;
  viewsVersion: number;
  viewsBatch: string | null;
  author: { seq: number };
}

export function toViewRow({ id, views, viewsVersion, viewsBatch, author }: PostRow): ViewRow {
  return { id, views, version: viewsVersion, batch: viewsBatch, authorSeq: author.seq };
}

/** Reads the view rows of posts from Postgres; unknown posts, and those of erased authors, are left out. */
export async function loadViewRows(postIds: readonly string[]): Promise<Map<string, ViewRow>> {
  const posts = await db().post.findMany({
    where: { id: { in: [...postIds] }, ...existingPost },
    select: viewColumns,
  });
  return new Map(posts.map((post) => [post.id, toViewRow(post)]));
}

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

const viewSchema = z.object({ postId: idSchema, viewerSeq: seqSchema });

/** Views: one for each post and user. */
export const views: CounterDefinition<number, ViewRow, ViewPair> = {
  keys: {
    meta: keys.postMeta,
    viewers: keys.postViews,
    pending: keys.postPendingViews,
    sealedViewers: keys.sealedViewers,
    dirtyPosts: () => keys.dirtyPosts,
    sealed: () => keys.sealedViews,
    sealedCounts: () => keys.sealedCounts,
    batches: () => keys.viewBatches,
    batch: keys.viewBatch,
    claims: () => keys.viewClaims,
  },
  countOf: (row) => row.views,
  seqOf: (viewer) => viewer,
  toPair: (postId, viewerSeq) => viewSchema.safeParse({ postId, viewerSeq }).data ?? null,
  persist: persistViews,
  loadRows: loadViewRows,
};

/** The counts of views in Redis, with this process's memory of them. */
export const liveViews = createLiveCounts(views);
