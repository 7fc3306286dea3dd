import { z } from "zod";
import { log } from "../core/log";
import { keys, redisService } from "../redis";
import { readViewsState } from "./scripts";
import { type SyncRun, syncRunSchema } from "./sync-views";

export interface ViewSyncState {
  /** False when Redis does not answer; the numbers are then 0. */
  available: boolean;
  pendingPosts: number;
  /** Of the first 1,000 dirty posts. */
  pendingViews: number;
  claimedBatches: number;
  claimedViews: number;
  lastRun: SyncRun | null;
}

const MAX_POSTS_COUNTED = 1_000;
const countSchema = z.number().int();
const stateSchema = z.tuple([countSchema, countSchema, countSchema, countSchema]);

/** Pending work and the result of the last sync, for operators. */
export async function getViewSyncState(): Promise<ViewSyncState> {
  const [keyPrefix = "", keySuffix = ""] = keys.postPendingViews("\n").split("\n");
  try {
    const [[pendingPosts, pendingViews, claimedBatches, claimedViews], lastRun] = await Promise.all([
      redisService().script(
        readViewsState,
        [keys.dirtyPosts, keys.viewBatches, keys.viewClaims],
        [MAX_POSTS_COUNTED, keyPrefix, keySuffix],
        stateSchema,
      ),
      redisService().get(keys.lastViewSync, syncRunSchema),
    ]);
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
