import { log } from "../core/log";
import { getFallbackCount } from "./last-counts";
import { recordAndCount } from "./record-and-count";
import type { ViewRow } from "./view-row";

/**
 * The counts people see, for posts just read from Postgres, in one round trip; posts Redis did not know,
 * or knew by an older row, are brought up to date on the way. Without Redis: what Postgres says,
 * or this process last heard from Redis if that is more.
 *
 * @returns post id -> count
 */
export async function getViewCounts(rows: readonly ViewRow[]): Promise<Map<string, number>> {
  try {
    const { posts } = await recordAndCount(rows.map((row) => ({ postId: row.id, row, viewers: [] })));
    return new Map(rows.map((row, index) => [row.id, posts[index]?.count ?? row.views]));
  } catch (error) {
    log().debug({ err: error }, "view counts come from Postgres");
    return new Map(rows.map((row) => [row.id, getFallbackCount(row.id, row.views)]));
  }
}
