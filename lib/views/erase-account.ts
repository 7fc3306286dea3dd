import { log } from "../core/log";
import { redis } from "../redis";
import { plays } from "./play-counter";
import { syncViews } from "./sync-views";
import { views } from "./view-counter";

/** Time limit of the sync; what is left is synced by the next one. */
const SYNC_BUDGET_MS = 10_000;

/**
 * Syncs pending views to Postgres before an account is erased. Persisted views stay, without a viewer; a sync after
 * the erasure would drop the account's pending views, and published counts would go down. Best effort: without Redis
 * the erasure goes ahead.
 */
export async function syncViewsBeforeErasure(): Promise<void> {
  try {
    await syncViews({ source: "deletion", budgetMs: SYNC_BUDGET_MS });
  } catch (error) {
    log().warn({ err: error }, "views not synced before an account's erasure: counts may go down");
  }
}

/** Posts of one call; each has six keys. */
const MAX_BATCH_SIZE = 300;

/**
 * Deletes the Redis keys of deleted posts, so that no more views are counted. Best effort: keys that stay expire, and
 * the next sync drops views recorded meanwhile.
 */
export async function deleteCachedViews(postIds: readonly string[]): Promise<void> {
  try {
    for (let from = 0; from < postIds.length; from += MAX_BATCH_SIZE) {
      const batch = postIds.slice(from, from + MAX_BATCH_SIZE);
      const batchKeys = [views.keys, plays.keys].flatMap(({ meta, viewers, pending }) =>
        batch.flatMap((id) => [meta(id), viewers(id), pending(id)]),
      );
      // UNLINK frees large sets in the background, where DEL would stop Redis for as long as that takes.
      await redis().sendPipeline([
        ["UNLINK", ...batchKeys],
        ["ZREM", views.keys.dirtyPosts(), ...batch],
        ["ZREM", plays.keys.dirtyPosts(), ...batch],
      ]);
    }
  } catch (error) {
    log().debug({ err: error }, "views of deleted posts not removed from Redis: they expire");
  }
}
