import { db } from "../db";
import { toViewRow, viewColumns } from "./load-view-rows";
import { recordAndCount } from "./record-and-count";

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
