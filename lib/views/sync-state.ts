import { z } from "zod";
import { log } from "../core/log";
import { keys, redisService } from "../redis";
import { readViewsState } from "./counter/batch-scripts";
import type { CounterKeys } from "./counter/definition";
import { plays } from "./play-counter";
import { type SyncRun, syncRunSchema } from "./sync-views";
import { views } from "./view-counter";

/** What waits in Redis for a sync. */
interface PendingWork {
  pendingPosts: number;
  /** Of the first 1,000 dirty and claimed posts, and all that are sealed. */
  pendingViews: number;
  claimedBatches: number;
  claimedViews: number;
}

export interface ViewSyncState extends PendingWork {
  /** False when Redis does not answer; the numbers are then 0. */
  available: boolean;
  /** The same of plays. */
  plays: PendingWork;
  lastRun: SyncRun | null;
  /** The last that found work, newest first. */
  runs: SyncRun[];
}

const MAX_POSTS_COUNTED = 1_000;
const countSchema = z.number().int();
const stateSchema = z.tuple([countSchema, countSchema, countSchema, countSchema], z.string());
const nothing: PendingWork = { pendingPosts: 0, pendingViews: 0, claimedBatches: 0, claimedViews: 0 };

/** Pending work and the result of the last sync, for operators. */
export async function getViewSyncState(): Promise<ViewSyncState> {
  try {
    const [pendingViews, pendingPlays, lastRun, runs] = await Promise.all([
      readPendingWork(views.keys),
      readPendingWork(plays.keys),
      redisService().get(keys.lastViewSync, syncRunSchema),
      redisService().lrange(keys.viewSyncs, 0, -1, syncRunSchema),
    ]);
    return { available: true, ...pendingViews, plays: pendingPlays, lastRun, runs };
  } catch (error) {
    log().debug({ err: error }, "view sync state unknown: Redis unavailable");
    return { available: false, ...nothing, plays: nothing, lastRun: null, runs: [] };
  }
}

async function readPendingWork(counterKeys: CounterKeys): Promise<PendingWork> {
  const { dirtyPosts, batches, claims, sealedCounts } = counterKeys;
  const [pendingPosts, claimedBatches, claimedViews, sealedViews, ...posts] = await redisService().script(
    readViewsState,
    [dirtyPosts(), batches(), claims(), sealedCounts()],
    [MAX_POSTS_COUNTED],
    stateSchema,
  );
  const sizes = await redisService().pipeline((p) => posts.map((id) => p.scard(counterKeys.pending(id))));
  const pendingViews = sizes.reduce((sum, size) => sum + size, sealedViews);
  return { pendingPosts, pendingViews, claimedBatches, claimedViews };
}
