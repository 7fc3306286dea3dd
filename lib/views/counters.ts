import { z } from "zod";
import { db, existingPost } from "../db";
import { keys } from "../redis";
import { idSchema } from "../schemas/id";
import type { CounterDefinition } from "./counter/definition";
import { createLiveCounts } from "./counter/live-counts";
import { readTogether } from "./counter/read-counts";
import { type Play, persistPlays } from "./persist-plays";
import { persistViews, type ViewPair } from "./persist-views";
import { loadPlayRows, type PlayRow, playColumns, toPlayRow } from "./play-row";
import { loadViewRows, toViewRow, type ViewRow, viewColumns } from "./view-row";

/** The two counters, views and plays: what each counts, where it is stored, and its counts in Redis. */

const seqSchema = z.coerce.number().pipe(z.int32());
const viewSchema = z.object({ postId: idSchema, viewerSeq: seqSchema });
const playSchema = z.object({ postId: idSchema, listenerSeq: seqSchema, hour: seqSchema });

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

/** The counts in Redis, with this process's memory of them. */
export const liveViews = createLiveCounts(views);
export const livePlays = createLiveCounts(plays);

/** Post id -> count */
type Counts = Map<string, number>;

/**
 * Published counts of posts just read from Postgres, in one command. Posts that Redis does not have, or has from an older
 * row, are updated there in a second round trip. Without Redis it is the larger of the persisted count and the last count
 * that this process read from Redis.
 */
export async function getLiveCounts(rows: {
  views: readonly ViewRow[];
  plays: readonly PlayRow[];
}): Promise<{ views: Counts; plays: Counts }> {
  const [viewCounts, playCounts] = await readTogether([
    liveViews.prepareRead(rows.views),
    livePlays.prepareRead(rows.plays),
  ]);
  return { views: viewCounts ?? new Map(), plays: playCounts ?? new Map() };
}

/** As `getLiveCounts`, of views alone. */
export async function getViewCounts(rows: readonly ViewRow[]): Promise<Counts> {
  return (await getLiveCounts({ views: rows, plays: [] })).views;
}

/**
 * Loads the counts of the newest posts into Redis, so that the first requests after a deployment, or after Redis was
 * emptied, need no read of Postgres.
 *
 * @returns how many posts were loaded
 * @throws {RedisUnavailableError}
 */
export async function warmViews(limit = 100): Promise<number> {
  const posts = await db().post.findMany({
    where: existingPost,
    ...{ select: { ...viewColumns, ...playColumns }, orderBy: { id: "desc" }, take: limit },
  });
  await liveViews.recordAndCount(
    posts.map((post) => ({ postId: post.id, row: toViewRow(post), viewers: [] })),
  );
  await livePlays.recordAndCount(
    posts.map((post) => ({ postId: post.id, row: toPlayRow(post), viewers: [] })),
  );
  return posts.length;
}
