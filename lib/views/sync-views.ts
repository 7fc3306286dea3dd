import { z } from "zod";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { failpoint } from "../core/failpoint";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { keys, RedisUnavailableError, redisService, ttlSeconds } from "../redis";
import { idSchema } from "../schemas/id";
import type { ViewSync } from "../schemas/views";
import { type PersistedPost, type PersistResult, persistViews, type ViewPair } from "./persist-views";
import { claimViews, finishViews } from "./scripts";

/** Result of a sync, for the log and for operators. */
export const syncRunSchema = z.object({
  /** Start of the run; ISO 8601, UTC. */
  at: z.iso.datetime(),
  source: z.enum(["admin", "cron", "first-view", "shutdown", "script", "deletion"]),
  syncedPosts: z.number().int(),
  /** Views that were new to Postgres. */
  syncedViews: z.number().int(),
  /** Views whose post or viewer no longer exists. */
  droppedViews: z.number().int(),
  durationMs: z.number(),
});

export type SyncRun = z.infer<typeof syncRunSchema>;

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

/** Stores the result of the last sync in Redis. Best effort: the sync itself is complete by then. */
export async function saveLastRun(run: SyncRun): Promise<void> {
  try {
    await redisService().set(keys.lastViewSync, run);
  } catch (error) {
    log().debug({ err: error }, "result of the view sync not stored: Redis unavailable");
  }
}

/** A claimed batch: no other batch has views of these posts until it is finished. */
export interface ViewBatch {
  id: string;
  /** The sync that claimed it died, or is slower than its lease. */
  takenOver: boolean;
  postIds: string[];
  pairs: ViewPair[];
}

/** What one SQL statement handles well. */
const MAX_VIEWS = 10_000;
/** Limit of row locks of one statement; the scripts accept no more. */
const MAX_POSTS = 1_000;

const claimReplySchema = z.union([
  z.tuple([]).transform(() => null),
  z.tuple([z.string(), z.int()], z.string()),
]);

const pairSchema = z.object({ postId: idSchema, viewerSeq: z.coerce.number().pipe(z.int32()) });

/**
 * Claims the next batch: one whose lease has expired, else up to 10,000 pending views.
 *
 * @param leaseMs  time after which another sync may take the batch over
 * @returns null when nothing is pending
 */
export async function claimBatch(leaseMs: number): Promise<ViewBatch | null> {
  const [keyPrefix = "", keySuffix = ""] = keys.postPendingViews("\n").split("\n");
  const reply = await redisService().script(
    claimViews,
    [keys.dirtyPosts, keys.viewBatches, keys.viewClaims],
    [newId(), leaseMs, MAX_VIEWS, MAX_POSTS, keys.viewBatch(""), keyPrefix, keySuffix],
    claimReplySchema,
  );
  if (!reply) return null;
  const [id, takenOver, ...claimedPosts] = reply;
  const postIds: string[] = [];
  const pairs: ViewPair[] = [];
  for (let index = 0; index + 1 < claimedPosts.length; index += 2) {
    const postId = claimedPosts[index] ?? "";
    postIds.push(postId);
    for (const viewer of (claimedPosts[index + 1] ?? "").split(",")) {
      // Postgres would refuse the whole batch for one value that is no id.
      const pair = pairSchema.safeParse({ postId, viewerSeq: viewer });
      if (pair.success) pairs.push(pair.data);
    }
  }
  return { id, takenOver: takenOver === 1, postIds, pairs };
}

/** Deletes a batch that is in Postgres and updates the counts. Atomic. Safe to repeat. */
export async function finishBatch(batch: ViewBatch, persisted: readonly PersistedPost[]): Promise<void> {
  const rows = new Map(persisted.map((post) => [post.id, post]));
  const scriptKeys: string[] = [keys.dirtyPosts, keys.viewBatches, keys.viewClaims, keys.viewBatch(batch.id)];
  const args: (string | number)[] = [batch.id, ttlSeconds.postMeta];
  for (const postId of batch.postIds) {
    const row = rows.get(postId);
    scriptKeys.push(keys.postMeta(postId), keys.postViews(postId), keys.postPendingViews(postId));
    args.push(postId, ...(row ? [row.authorSeq, row.views, row.version] : [""]));
  }
  await redisService().script(finishViews, scriptKeys, args, z.int());
}
