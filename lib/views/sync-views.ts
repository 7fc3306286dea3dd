import { now } from "../core/clock";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { type PersistResult, persistViews } from "./persist-views";
import { type SyncRun, saveLastRun } from "./sync-state";
import { claimBatch, finishBatch } from "./view-batches";

export interface SyncOptions {
  /** What triggered the sync, for the log and the operator's page. */
  source: SyncRun["source"];
  /** Time after which another sync takes over an unfinished batch. */
  leaseMs?: number;
  /** Time after which no new batch is started; the next run does the rest. */
  budgetMs?: number;
}

/** Far longer than a statement with 10,000 views takes; also the delay before a batch is taken over. */
const LEASE_MS = 60_000;
/** Below the time limit of a function on every plan. */
const BUDGET_MS = 45_000;

/**
 * Syncs pending views to Postgres, batch by batch: claim, one SQL statement, finish.
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
  let syncedViews = 0;
  let droppedViews = 0;
  const failures: unknown[] = [];

  while (now() - startedAt < budgetMs) {
    const batch = await claimBatch(leaseMs);
    if (!batch) break;
    await failpoint("views.sync.claimed");
    if (batch.takenOver) log().warn({ batchId: batch.id }, "view batch taken over: its sync did not finish");

    let persisted: PersistResult;
    try {
      persisted = await persistViews(batch.pairs, batch.id);
    } catch (error) {
      // A batch that fails repeatedly must not block all others; its lease was just renewed.
      if (!batch.takenOver || failures.length > 0) throw error;
      log().error({ err: error, batchId: batch.id }, "view batch not synced: retried after its lease");
      failures.push(error);
      continue;
    }
    await failpoint("views.sync.persisted");

    await finishBatch(batch, persisted.posts);
    await failpoint("views.sync.finished");

    for (const post of persisted.posts) {
      posts.add(post.id);
      syncedViews += post.inserted.length;
    }
    droppedViews += persisted.dropped;
  }

  const run: SyncRun = {
    at: new Date(startedAt).toISOString(),
    source,
    syncedPosts: posts.size,
    syncedViews,
    droppedViews,
    durationMs: now() - startedAt,
  };
  log().info(run, "views synced");
  await saveLastRun(run);
  if (failures.length > 0) throw failures[0];
  return run;
}
