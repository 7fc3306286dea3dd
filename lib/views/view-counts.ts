import { log } from "../core/log";
import { db } from "../db";
import { getFallbackCount, recordAndCount } from "./record-and-count";
import { toViewRow, type ViewRow, viewColumns } from "./view-row";

/**
 * Published counts of posts just read from Postgres, in one round trip. Posts that Redis does not have, or has from an
 * older row, are updated there on the way. Without Redis it is the larger of the persisted count and the last count
 * that this process read from Redis.
 *
 * @returns post id -> count
 */
export async function getViewCounts(rows: readonly ViewRow[]): Promise<Map<string, number>> {
  try {
    const { posts } = await recordAndCount(rows.map((row) => ({ postId: row.id, row, viewers: [] })));
    return new Map(rows.map((row, index) => [row.id, posts[index]?.count ?? row.views]));
  } catch (error) {
    log().debug({ err: error }, "view counts read from Postgres: Redis unavailable");
    return new Map(rows.map((row) => [row.id, getFallbackCount(row.id, row.views)]));
  }
}

/**
 * Loads the view counts of the newest posts into Redis, so that the first requests after a deployment, or after Redis
 * was emptied, need no read of Postgres.
 *
 * @returns how many posts were loaded
 * @throws {RedisUnavailableError}
 */
export async function warmViews(limit = 100): Promise<number> {
  const posts = await db().post.findMany({ select: viewColumns, orderBy: { id: "desc" }, take: limit });
  await recordAndCount(posts.map((post) => ({ postId: post.id, row: toViewRow(post), viewers: [] })));
  return posts.length;
}
