import { log } from "../core/log";
import { db, existingPost } from "../db";
import { redis, redisService } from "../redis";
import { type CountUpdateResult, type PreparedUpdate, replySchema } from "./counter/count-script";
import type { PreparedRead } from "./counter/live-counts";
import { livePlays, type PlayRow, playColumns, toPlayRow } from "./play-counter";
import { liveViews, toViewRow, type ViewRow, viewColumns } from "./view-counter";

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

/**
 * Reads the counts of several counters: one MGET, and one more round trip for posts without a meta, or with one that is
 * older than the row. Without Redis they are the persisted ones, or the last that this process has read.
 * @returns post id -> count, for each read; null for null
 */
async function readTogether(
  reads: readonly (PreparedRead | null)[],
): Promise<(Map<string, number> | null)[]> {
  const updates: PreparedUpdate[] = [];
  try {
    const metaKeys = reads.flatMap((read) => read?.metaKeys ?? []);
    const metas = metaKeys.length > 0 ? await redis().mget<unknown[]>(metaKeys) : [];
    for (const read of reads) {
      const update = read?.applyMetas(metas.splice(0, read.metaKeys.length));
      if (update) updates.push(update);
    }
    const replies = await runScripts(updates.map(({ call }) => call));
    for (const [index, { finish }] of updates.entries()) {
      const reply = replies[index];
      if (reply) finish(reply);
    }
  } catch (error) {
    for (const { restore } of updates) restore();
    log().debug({ err: error }, "counts read from Postgres: Redis unavailable");
  }
  return reads.map((read) => read?.toCounts() ?? null);
}

async function runScripts(calls: readonly PreparedUpdate["call"][]): Promise<CountUpdateResult[]> {
  const [only] = calls;
  return only && calls.length === 1
    ? [await redisService().script(...only, replySchema)]
    : redisService().scriptPipeline(calls, replySchema);
}
