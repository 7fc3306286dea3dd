import { z } from "zod";
import { log } from "../core/log";
import { keys, redisService } from "../redis";
import { readViewsState } from "./scripts";

const syncRunSchema = z.object({
  /** When it began; ISO 8601, UTC */
  at: z.iso.datetime(),
  source: z.enum(["admin", "cron", "first-view", "shutdown", "script", "deletion"]),
  syncedPosts: z.number().int(),
  /** Views that were new to Postgres. */
  syncedViews: z.number().int(),
  /** Views of posts or people that are gone. */
  droppedViews: z.number().int(),
  durationMs: z.number(),
});

export type SyncRun = z.infer<typeof syncRunSchema>;

/** Remembers what the last sync did. Best effort: the work itself is done by then. */
export async function saveLastRun(run: SyncRun): Promise<void> {
  try {
    await redisService().set(keys.lastViewSync, run);
  } catch (error) {
    log().debug({ err: error }, "the last view sync is not remembered");
  }
}

export interface ViewSyncState {
  /** False when Redis does not answer; the numbers are then 0. */
  available: boolean;
  pendingPosts: number;
  /** Of the first 1,000 waiting posts. */
  pendingViews: number;
  claimedBatches: number;
  claimedViews: number;
  lastRun: SyncRun | null;
}

const MAX_POSTS_COUNTED = 1_000;
const countSchema = z.number().int();
const stateSchema = z.tuple([countSchema, countSchema, countSchema, countSchema]);

/** What waits for a sync and what the last one did, for operators. */
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
    log().debug({ err: error }, "the state of view syncs is not known");
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
