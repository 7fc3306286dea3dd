import { z } from "zod";
import { now } from "../core/clock";
import { AppError } from "../core/errors";
import { failpoint } from "../core/failpoint";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { keys, type RedisScript, RedisUnavailableError, redisService, ttlSeconds } from "../redis";
import type { ViewSync } from "../schemas/views";
import { type PersistedPost, type PersistResult, persistViews, type ViewPair } from "./persist-views";
import { continueSync } from "./publish-changes";
import { claimSealedViews, claimViews, findViewsToSync, finishViews, takeOverViews } from "./scripts";

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
  /** Time after which no new batch is started; another run, requested at once, does the rest. */
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

  for (;;) {
    if (now() - startedAt >= budgetMs) {
      continueSync();
      break;
    }
    const batch = await claimBatch(leaseMs, MAX_VIEWS);
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
/** Views of one script call, about a millisecond of Redis. */
const MAX_VIEWS_PER_CALL = 1_000;
/** Limit of row locks of one statement; the scripts accept no more. */
const MAX_POSTS = 1_000;

/** Sealed views that a sync looks at to find some of posts that are not claimed. */
const MAX_SEALED_FOUND = 100;

const foundSchema = z.tuple([z.array(z.string()), z.array(z.string()), z.array(z.string())]);

/**
 * Claims the next batch: one whose lease has expired, else pending views.
 *
 * @param leaseMs  time after which another sync may take the batch over
 * @param maxViews  limit of a new batch; by default what one script call takes
 * @returns null when nothing is pending
 */
export async function claimBatch(leaseMs: number, maxViews = MAX_VIEWS_PER_CALL): Promise<ViewBatch | null> {
  for (;;) {
    const [expiredBatches, sealed, posts] = await redisService().script(
      findViewsToSync,
      [keys.dirtyPosts, keys.viewBatches, keys.viewClaims, keys.sealedViews],
      [MAX_POSTS, MAX_SEALED_FOUND],
      foundSchema,
    );
    for (const id of expiredBatches) {
      const contents = await redisService().script(
        takeOverViews,
        [keys.viewBatches, keys.viewClaims, keys.viewBatch(id)],
        [id, leaseMs],
        z.array(z.string()),
      );
      if (contents.length > 0) return toBatch(id, true, contents);
    }
    if (expiredBatches.length > 0) continue;
    if (sealed.length + posts.length === 0) return null;
    const batch = await claimNewBatch(sealed, posts, leaseMs, maxViews);
    // Otherwise these posts had no views left or were claimed meanwhile; either way they are not found again.
    if (batch) return batch;
  }
}

/** The views of one script call. */
interface ClaimedViews {
  /** Of the batch, by Redis' clock (ms); it fences the later calls for the batch. */
  deadline: string;
  /** How many of the posts have no further views, or are another batch's. */
  processedPosts: number;
  /** post, viewers (`1,5,9`), post, viewers, … */
  contents: string[];
}

const claimReplySchema = z.union([
  z.tuple([]).transform(() => null),
  z.tuple([z.string(), z.int()], z.string()).transform(
    ([deadline, processedPosts, ...contents]): ClaimedViews => ({
      deadline,
      processedPosts,
      contents,
    }),
  ),
]);

/**
 * Fills a new batch: one call, then as many in one request as the batch has room for. Sealed views first, a set each;
 * one call of a full batch is left to posts with few views, so that a backlog does not hold them up.
 *
 * @returns null when the posts have no views left, or others have claimed them
 */
async function claimNewBatch(
  sealed: readonly string[],
  posts: readonly string[],
  leaseMs: number,
  maxViews: number,
): Promise<ViewBatch | null> {
  const id = newId();
  const maxCalls = Math.max(1, Math.floor(maxViews / MAX_VIEWS_PER_CALL));
  const maxSealed = posts.length > 0 && maxCalls > 1 ? maxCalls - 1 : maxCalls;
  const calls = sealed.slice(0, maxSealed).map((views) => sealedClaim(id, leaseMs, views));
  if (calls.length < maxCalls && posts.length > 0) calls.push(pendingClaim(id, leaseMs, posts));

  const claimed: ClaimedViews[] = [];
  const [firstCall, ...laterCalls] = calls;
  if (!firstCall) return null;
  const first = await redisService().script(firstCall.script, ...firstCall.run(""), claimReplySchema);
  if (first === null) return null;
  claimed.push(first);
  await failpoint("views.sync.claiming");
  if (first.contents.length > 0) {
    const { deadline, processedPosts } = first;
    if (calls.length === 1 && firstCall.script === claimViews) {
      for (const group of groupPosts(posts, processedPosts, maxCalls - 1))
        laterCalls.push(pendingClaim(id, leaseMs, group));
    }
    const replies = await redisService().scriptPipeline(
      laterCalls.map(({ script, run }) => [script, ...run(deadline)] as const),
      claimReplySchema,
    );
    claimed.push(...replies.filter((reply) => reply !== null));
  }
  const contents = claimed.flatMap((views) => views.contents);
  return contents.length === 0 ? null : toBatch(id, false, contents);
}

/** A script call for a batch, given the batch's deadline ('' in the first call). */
interface Claim {
  script: RedisScript;
  run(deadline: string): [keys: string[], args: (string | number)[]];
}

/** @param views  `postId:sealId:size` */
function sealedClaim(batchId: string, leaseMs: number, views: string): Claim {
  const [postId = "", sealId = "", size = ""] = views.split(":");
  const claimKeys = [
    ...[keys.sealedViews, keys.viewBatches, keys.viewClaims, keys.viewBatch(batchId), keys.sealedCounts],
    keys.sealedViewers(postId, sealId),
  ];
  return {
    script: claimSealedViews,
    run: (deadline) => [claimKeys, [batchId, leaseMs, deadline, views, postId, size]],
  };
}

function pendingClaim(batchId: string, leaseMs: number, posts: readonly string[]): Claim {
  const claimKeys = [
    ...[keys.dirtyPosts, keys.viewBatches, keys.viewClaims, keys.viewBatch(batchId)],
    ...posts.map((post) => keys.postPendingViews(post)),
  ];
  return {
    script: claimViews,
    run: (deadline) => [claimKeys, [batchId, leaseMs, deadline, MAX_VIEWS_PER_CALL, ...posts]],
  };
}

/** The posts of the calls after the first one. Each call takes views of its first posts until it has its fill. */
function groupPosts(posts: readonly string[], processedPosts: number, maxGroups: number): string[][] {
  const remaining = posts.slice(processedPosts);
  if (remaining.length === 0) return [];
  // The first post alone gave the first call its fill, so it may give the others theirs.
  if (processedPosts === 0) return Array.from({ length: maxGroups }, () => remaining.slice(0, 1));
  const groups: string[][] = [];
  for (let from = 0; from < remaining.length && groups.length < maxGroups; from += processedPosts)
    groups.push(remaining.slice(from, from + processedPosts));
  return groups;
}

function toBatch(id: string, takenOver: boolean, contents: readonly string[]): ViewBatch {
  const postIds = new Set<string>();
  const pairs: ViewPair[] = [];
  for (let index = 0; index + 1 < contents.length; index += 2) {
    const postId = contents[index] ?? "";
    postIds.add(postId);
    for (const viewer of (contents[index + 1] ?? "").split(","))
      pairs.push({ postId, viewerSeq: Number(viewer) });
  }
  return { id, takenOver, postIds: [...postIds], pairs };
}

/** Deletes a batch that is in Postgres and updates the counts. Atomic. Safe to repeat. */
export async function finishBatch(batch: ViewBatch, persisted: readonly PersistedPost[]): Promise<void> {
  const rows = new Map(persisted.map((post) => [post.id, post]));
  const scriptKeys: string[] = [
    ...[keys.dirtyPosts, keys.viewBatches, keys.viewClaims, keys.viewBatch(batch.id)],
    keys.sealedCounts,
  ];
  const args: (string | number)[] = [batch.id, ttlSeconds.postMeta];
  for (const postId of batch.postIds) {
    const row = rows.get(postId);
    scriptKeys.push(keys.postMeta(postId), keys.postViews(postId), keys.postPendingViews(postId));
    args.push(postId, ...(row ? [row.authorSeq, row.views, row.version] : [""]));
  }
  await redisService().script(finishViews, scriptKeys, args, z.int());
}
