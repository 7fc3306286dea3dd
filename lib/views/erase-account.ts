import { log } from "../core/log";
import { keys, redisService } from "../redis";
import { syncViews } from "./sync-views";

/** An account is not deleted every second; who deletes theirs does not wait longer for others' views. */
const SYNC_BUDGET_MS = 10_000;

/**
 * Carries waiting views into Postgres before an account goes. There its views stay, without a name; a view of
 * somebody who is gone that still waits in Redis would be dropped, and a count that people have seen would go down.
 * Best effort: without Redis nobody waits for it.
 */
export async function syncViewsBeforeErasure(): Promise<void> {
  try {
    await syncViews({ source: "deletion", budgetMs: SYNC_BUDGET_MS });
  } catch (error) {
    log().warn({ err: error }, "views may be missing after an account is deleted: they could not be synced");
  }
}

/** Each post is three keys, and they go in one call. */
const MAX_BATCH_SIZE = 300;

/**
 * Forgets what Redis counts of posts that are deleted, so that nobody views them any more. Best effort: what stays
 * expires, and what is viewed meanwhile is dropped by the next sync.
 */
export async function deleteCachedViews(postIds: readonly string[]): Promise<void> {
  try {
    for (let from = 0; from < postIds.length; from += MAX_BATCH_SIZE) {
      const batch = postIds.slice(from, from + MAX_BATCH_SIZE);
      await redisService().pipeline((p) => [
        p.del(...batch.flatMap((id) => [keys.postMeta(id), keys.postViews(id), keys.postPendingViews(id)])),
        p.zrem(keys.dirtyPosts, ...batch),
      ]);
    }
  } catch (error) {
    log().debug({ err: error }, "Redis forgets the views of deleted posts later");
  }
}
