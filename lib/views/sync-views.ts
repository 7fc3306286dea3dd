import { now } from "../core/clock";
import { failpoint } from "../core/failpoint";
import { log } from "../core/log";
import { type PersistResult, persistViews } from "./persist-views";
import { type SyncRun, saveLastRun } from "./sync-state";
import { claimBatch, finishBatch } from "./view-batches";

export interface SyncOptions {
  /** Who asked, for the log and the operator's page. */
  source: SyncRun["source"];
  /** After this long another sync takes over a batch that is not finished. */
  leaseMs?: number;
  /** No new batch is begun after this long; what is left waits for the next run. */
  budgetMs?: number;
}

/** Far longer than a statement of 10,000 views takes, far shorter than people would wait for a count. */
const LEASE_MS = 60_000;
/** Below the time limit of a function on every plan. */
const BUDGET_MS = 45_000;

/**
 * Carries waiting views into Postgres, batch by batch: claim, one SQL statement, finish.
 *
 * Any number of syncs may run over each other, and one may die anywhere: before the statement nothing has
 * happened, after it a repeat inserts nothing, and a batch that is not finished is taken over after its
 * lease. Both halves are safe to repeat.
 *
 * @throws what Postgres said of a batch it did not take; that batch is taken up later
 * @throws {RedisUnavailableError} when Redis does not answer; what was claimed is taken up later
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
    if (batch.takenOver)
      log().warn({ batchId: batch.id }, "taking over a batch of views whose sync did not finish");

    let persisted: PersistResult;
    try {
      persisted = await persistViews(batch.pairs, batch.id);
    } catch (error) {
      // One that fails again and again must not keep all others waiting; it has a new lease by now.
      if (!batch.takenOver || failures.length > 0) throw error;
      log().error({ err: error, batchId: batch.id }, "a batch of views cannot be synced");
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
