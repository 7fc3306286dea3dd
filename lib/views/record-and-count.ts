import { db } from "../db";
import { type Backfill, type CountUpdate, createLiveCounts } from "./counter/live-counts";
import { readTogether } from "./counter/read-counts";
import { plays, views } from "./counters";
import { type PlayRow, playColumns, toPlayRow } from "./play-row";
import { toViewRow, type ViewRow, viewColumns } from "./view-row";

/** The counts of views and plays in Redis, with this process's memory of them. */
export const liveViews = createLiveCounts(views);
export const livePlays = createLiveCounts(plays);

export type ViewUpdate = CountUpdate<number, ViewRow>;
export type BackfillEntry = Backfill<number, ViewRow>;

export const {
  recordAndCount,
  queueBackfill,
  takeBackfill,
  rememberCount,
  getFallbackCount,
  setViewsToSealForTest,
} = liveViews;

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
    where: { author: { deletedAt: null } },
    ...{ select: { ...viewColumns, ...playColumns }, orderBy: { id: "desc" }, take: limit },
  });
  await recordAndCount(posts.map((post) => ({ postId: post.id, row: toViewRow(post), viewers: [] })));
  await livePlays.recordAndCount(
    posts.map((post) => ({ postId: post.id, row: toPlayRow(post), viewers: [] })),
  );
  return posts.length;
}
