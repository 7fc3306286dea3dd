import { z } from "zod";
import { log } from "../core/log";
import { keys, redisService } from "../redis";
import { readViewsState } from "./scripts";
import { type SyncRun, syncRunSchema } from "./sync-views";

export interface ViewSyncState {
  /** False when Redis does not answer; the numbers are then 0. */
  available: boolean;
  pendingPosts: number;
  /** Of the first 1,000 dirty posts, and all that are sealed. */
  pendingViews: number;
  claimedBatches: number;
  claimedViews: number;
  lastRun: SyncRun | null;
}

const MAX_POSTS_COUNTED = 1_000;
const countSchema = z.number().int();
const stateSchema = z.tuple([countSchema, countSchema, countSchema, countSchema], z.string());

/** Pending work and the result of the last sync, for operators. */
export async function getViewSyncState(): Promise<ViewSyncState> {
  try {
    const [[pendingPosts, claimedBatches, claimedViews, sealedViews, ...posts], lastRun] = await Promise.all([
      redisService().script(
        readViewsState,
        [keys.dirtyPosts, keys.viewBatches, keys.viewClaims, keys.sealedCounts],
        [MAX_POSTS_COUNTED],
        stateSchema,
      ),
      redisService().get(keys.lastViewSync, syncRunSchema),
    ]);
    const sizes = await redisService().pipeline((p) => posts.map((id) => p.scard(keys.postPendingViews(id))));
    const pendingViews = sizes.reduce((sum, size) => sum + size, sealedViews);
    return { available: true, pendingPosts, pendingViews, claimedBatches, claimedViews, lastRun };
  } catch (error) {
    log().debug({ err: error }, "view sync state unknown: Redis unavailable");
    return {
      available: false,
      pendingPosts: 0,
      pendingViews: 0,
      claimedBatches: 0,
      claimedViews: 0,
      lastRun: null,
    };
  }
}
