import { z } from "zod";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { keys, RedisUnavailableError, redisService } from "../redis";
import type { ViewSync } from "../schemas/views";
import { type Batch, createBatches, type FoundWork, foundWorkSchema, isNothing } from "./counter/batches";
import type { CountedPair, CountedRow, CounterDefinition } from "./counter/definition";
import { plays } from "./play-counter";
import { continueSync } from "./publish-changes";
import { type ViewPair, views } from "./view-counter";

/** Result of a sync, for the log and for operators. */
export const syncRunSchema = z.object({
  /** Start of the run; ISO 8601, UTC. */
  at: z.iso.datetime(),
  source: z.enum(["admin", "cron", "first-view", "shutdown", "script", "deletion"]),
  /** Posts of the batches, once each, whichever of their counts it was. */
  syncedPosts: z.number().int(),
  /** Views that were new to Postgres. */
  syncedViews: z.number().int(),
  /** Views whose post or viewer no longer exists. */
  droppedViews: z.number().int(),
  /** As above; absent in runs of earlier versions. */
  syncedPlays: z.number().int().default(0),
  droppedPlays: z.number().int().default(0),
  durationMs: z.number(),
});

export type SyncRun = z.infer<typeof syncRunSchema>;

export interface SyncOptions {
  /** What triggered the sync, for the log and the operator's page. */
  source: SyncRun["source"];
  /** Time after which another sync takes over an unfinished batch. */
  leaseMs?: number;
  /** Time after which no new batch is started; another run, requested at once, does the rest. */
  budgetMs?: number;
}

/** Far longer than a statement with 10,000 views takes; also the delay before a batch is taken over. */
const LEASE_MS = 60_000;
/** Below the time limit of a function on every plan. */
const BUDGET_MS = 45_000;

/** What one SQL statement handles well. */
const MAX_VIEWS = 10_000;

export type ViewBatch = Batch<ViewPair>;

const viewBatches = createBatches(views);
export const { claimBatch, finishBatch } = viewBatches;
export const playBatches = createBatches(plays);

/** In the order in which their batches are synced. */
const counters = [toSyncedCounter(views, viewBatches), toSyncedCounter(plays, playBatches)];

/** What a sync did with one counter. */
interface Tally {
  synced: number;
  dropped: number;
}

/**
 * Syncs pending views and plays to Postgres, batch by batch: claim, one SQL statement, finish.
 *
 * Safe to run concurrently and to crash anywhere: before the statement nothing is written, after it a repeat inserts
 * nothing, and another sync takes over an unfinished batch when its lease has expired. Both halves are safe to
 * repeat.
 *
 * @throws the error of Postgres for a failed batch; a later sync takes that batch over
 * @throws {RedisUnavailableError} when Redis does not answer; a later sync takes the claimed batch over
 */
export async function syncViews({
  source,
  leaseMs = LEASE_MS,
  budgetMs = BUDGET_MS,
}: SyncOptions): Promise<SyncRun> {
  const startedAt = now();
  const posts = new Set<string>();
  const tallies = counters.map((): Tally => ({ synced: 0, dropped: 0 }));
  const failures: unknown[] = [];

  for (;;) {
    if (now() - startedAt >= budgetMs) {
      continueSync();
      break;
    }
    const found = await redisService().scriptPipeline(
      counters.map(({ findCall }) => findCall()),
      foundWorkSchema,
    );
    if (found.every(isNothing)) break;
    for (const [index, { syncFound }] of counters.entries()) {
      const work = found[index];
      const tally = tallies[index];
      if (work && tally && !isNothing(work)) await syncFound(work, { leaseMs, posts, tally, failures });
    }
  }

  const [viewTally, playTally] = tallies;
  const run: SyncRun = {
    at: new Date(startedAt).toISOString(),
    source,
    syncedPosts: posts.size,
    syncedViews: viewTally?.synced ?? 0,
    droppedViews: viewTally?.dropped ?? 0,
    syncedPlays: playTally?.synced ?? 0,
    droppedPlays: playTally?.dropped ?? 0,
    durationMs: now() - startedAt,
  };
  log().info(run, "views synced");
  await saveLastRun(run);
  if (failures.length > 0) throw failures[0];
  return run;
}

interface SyncProgress {
  leaseMs: number;
  posts: Set<string>;
  tally: Tally;
  /** Errors of batches that were taken over; one is passed over so that the others are synced. */
  failures: unknown[];
}

interface SyncedCounter {
  /** The script call that finds work. */
  findCall: ReturnType<typeof createBatches>["findCall"];
  /** Syncs one batch of what was found. */
  syncFound(found: FoundWork, progress: SyncProgress): Promise<void>;
}

function toSyncedCounter<Viewer extends number | string, Row extends CountedRow, Pair extends CountedPair>(
  counter: CounterDefinition<Viewer, Row, Pair>,
  batches: ReturnType<typeof createBatches<Viewer, Row, Pair>>,
): SyncedCounter {
  return {
    findCall: batches.findCall,
    syncFound: async (found, { leaseMs, posts, tally, failures }) => {
      const batch = await batches.claimFound(found, leaseMs, MAX_VIEWS);
      if (!batch) return;
      await failpoint("views.sync.claimed");
      if (batch.takenOver)
        log().warn({ batchId: batch.id }, "view batch taken over: its sync did not finish");

      let persisted: Awaited<ReturnType<typeof counter.persist>>;
      try {
        persisted = await counter.persist(batch.pairs, batch.id);
      } catch (error) {
        // A batch that fails repeatedly must not block all others; its lease was just renewed.
        if (!batch.takenOver || failures.length > 0) throw error;
        log().error({ err: error, batchId: batch.id }, "view batch not synced: retried after its lease");
        failures.push(error);
        return;
      }
      await failpoint("views.sync.persisted");

      await batches.finishBatch(batch, persisted.posts);
      await failpoint("views.sync.finished");

      for (const post of persisted.posts) {
        posts.add(post.id);
        tally.synced += post.inserted.length;
      }
      tally.dropped += persisted.dropped;
    },
  };
}

/**
 * Runs a sync on demand.
 * @throws {AppError} unavailable when Redis does not answer; pending views stay there for the next sync
 */
export async function syncNow(source: SyncRun["source"]): Promise<ViewSync> {
  try {
    const { syncedPosts } = await syncViews({ source });
    return { message: "Synchronization completed", syncedPosts };
  } catch (cause) {
    if (cause instanceof RedisUnavailableError) {
      throw new AppError("unavailable", { message: "sync_unavailable", retryAfterSeconds: 5, cause });
    }
    throw cause;
  }
}

/** Runs that are kept for operators. */
const MAX_RUNS = 20;

/**
 * Stores the result of the last sync in Redis, and among the last ones if it found work: most runs of the schedule do
 * not. Best effort: the sync itself is complete by then.
 */
export async function saveLastRun(run: SyncRun): Promise<void> {
  const hasWork = run.syncedPosts + run.droppedViews + run.droppedPlays > 0;
  try {
    await redisService().pipeline((p) => [
      p.set(keys.lastViewSync, run),
      ...(hasWork ? [p.lpush(keys.viewSyncs, run), p.ltrim(keys.viewSyncs, 0, MAX_RUNS - 1)] : []),
    ]);
  } catch (error) {
    log().debug({ err: error }, "result of the view sync not stored: Redis unavailable");
  }
}
