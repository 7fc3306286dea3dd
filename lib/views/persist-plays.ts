import { z } from "zod";
import { Prisma } from "../db";
import type { PersistedRows } from "./counter/definition";
import { persistCounts } from "./counter/persist";
import type { PlayRow } from "./play-row";

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
