import { z } from "zod";
import { db, existingPost, Prisma } from "../db";
import { keys } from "../redis";
import { idSchema } from "../schemas/id";
import { type CountedRow, type CounterDefinition, type PersistedRows, seqSchema } from "./counter/definition";
import { createLiveCounts } from "./counter/live-counts";
import { persistCounts } from "./counter/persist";

/** The counter of plays: what a play is, its keys in Redis, its rows in Postgres. `view-counter.ts` is the same of views. */

/** Plays of a post in Postgres at some moment. */
export interface PlayRow extends CountedRow {
  plays: number;
}

/** Columns that `toPlayRow` needs. */
export const playColumns = {
  id: true,
  plays: true,
  playsVersion: true,
  playsBatch: true,
  author: { select: { seq: true } },
} as const;

interface PostRow {
  id: string;
  plays: number;
  playsVersion: number;
  playsBatch: string | null;
  author: { seq: number };
}

export function toPlayRow({ id, plays, playsVersion, playsBatch, author }: PostRow): PlayRow {
  return { id, plays, version: playsVersion, batch: playsBatch, authorSeq: author.seq };
}

/** Reads the play rows of posts from Postgres; unknown posts, and those of erased authors, are left out. */
export async function loadPlayRows(postIds: readonly string[]): Promise<Map<string, PlayRow>> {
  const posts = await db().post.findMany({
    where: { id: { in: [...postIds] }, ...existingPost },
    select: playColumns,
  });
  return new Map(posts.map((post) => [post.id, toPlayRow(post)]));
}

export interface Play {
  postId: string;
  listenerSeq: number;
  /** Hours since 1970, UTC. */
  hour: number;
}

/**
 * Writes plays to Postgres in one statement (counter/persist.ts).
 *
 * @param batchId  the sync's batch; null for a play that is written to Postgres directly
 */
export async function persistPlays(
  plays: readonly Play[],
  batchId: string | null,
): Promise<PersistedRows<string, PlayRow>> {
  if (plays.length === 0) return { posts: [], dropped: 0 };
  const postIds = plays.map(({ postId }) => postId);
  const listenerSeqs = plays.map(({ listenerSeq }) => listenerSeq);
  const hours = plays.map(({ hour }) => hour);
  const { posts, known } = await persistCounts(
    {
      ...{ count: "plays", version: "playsVersion", batch: "playsBatch" },
      input: Prisma.sql`SELECT DISTINCT play."postId", play."viewerSeq", play.hour
  FROM unnest(${postIds}::uuid[], ${listenerSeqs}::int[], ${hours}::int[]) AS play("postId", "viewerSeq", hour)`,
      insert: Prisma.sql`INSERT INTO "PostPlay" ("postId", "listenerSeq", hour)
  SELECT "postId", "viewerSeq", to_timestamp(hour * 3600.0) FROM known WHERE "viewerSeq" <> "authorSeq"
  ORDER BY "postId", "viewerSeq", hour
  ON CONFLICT ("postId", "listenerSeq", hour) DO NOTHING
  RETURNING "postId", "listenerSeq" || ':' || (extract(epoch FROM hour) / 3600)::int AS viewer`,
    },
    batchId,
    z.string(),
  );
  const distinctPlays = new Set(
    plays.map(({ postId, listenerSeq, hour }) => `${postId}:${listenerSeq}:${hour}`),
  ).size;
  return {
    posts: posts.map(({ count, ...post }) => ({ ...post, plays: count })),
    dropped: distinctPlays - known,
  };
}

const playSchema = z.object({ postId: idSchema, listenerSeq: seqSchema, hour: seqSchema });

/** Plays: one for each post, user and UTC hour; the viewer is `seq:hour`. */
export const plays: CounterDefinition<string, PlayRow, Play> = {
  keys: {
    meta: keys.postPlayMeta,
    viewers: keys.postPlays,
    pending: keys.postPendingPlays,
    sealedViewers: keys.sealedPlaySet,
    dirtyPosts: () => keys.dirtyPlays,
    sealed: () => keys.sealedPlays,
    sealedCounts: () => keys.sealedPlayCounts,
    batches: () => keys.playBatches,
    batch: keys.playBatch,
    claims: () => keys.playClaims,
  },
  countOf: (row) => row.plays,
  seqOf: (viewer) => Number(viewer.split(":", 1)[0]),
  toPair: (postId, viewer) => {
    const [listenerSeq, hour] = viewer.split(":");
    return playSchema.safeParse({ postId, listenerSeq, hour }).data ?? null;
  },
  persist: persistPlays,
  loadRows: loadPlayRows,
};

/** The counts of plays in Redis, with this process's memory of them. */
export const livePlays = createLiveCounts(plays);
