import { z } from "zod";
import { now } from "../core/clock";
import { newId } from "../core/ids";
import { log } from "../core/log";
import { db } from "../db";
import { keys, PendingReplay, redisService, ttlSeconds } from "../redis";
import { recordAndCountViews } from "./scripts";
import { toViewRow, type ViewRow, viewColumns } from "./view-row";

export interface ViewUpdate {
  postId: string;
  /** Updates Redis to this row, unless Redis has a newer one. */
  row?: ViewRow | undefined;
  /** `User.seq` of each viewer, without duplicates; empty only reads the count. */
  viewers: readonly number[];
}

export interface CountedPost {
  /** persisted + pending + claimed */
  count: number;
  /** One per viewer: 1 new, 0 seen before, -1 the author. */
  outcomes: (1 | 0 | -1)[];
}

const outcomeSchema = z.union([z.literal(1), z.literal(0), z.literal(-1)]);
const countedPostSchema = z
  .tuple([z.number().int()], outcomeSchema)
  .transform(([count, ...outcomes]): CountedPost => ({ count, outcomes }));
const replySchema = z
  .tuple([z.number().int()], countedPostSchema.nullable())
  .transform(([dirtied, ...posts]): ViewUpdateResult => ({ dirtied: dirtied > 0, posts }));

export interface ViewUpdateResult {
  /** This call added at least one post to the dirty posts. */
  dirtied: boolean;
  /** One per post, in order; null when Redis does not have the post and no row was given. */
  posts: (CountedPost | null)[];
}

/**
 * Records and reads the views of any number of posts in one round trip, together with the queued backfill.
 *
 * @throws {RedisUnavailableError} with an unknown outcome: the views may be recorded. Safe to repeat.
 */
export async function recordAndCount(updates: readonly ViewUpdate[]): Promise<ViewUpdateResult> {
  if (updates.length === 0) return { dirtied: false, posts: [] };
  const backfill = takeBackfill();
  let result: ViewUpdateResult;
  try {
    result = await runRecordAndCount([
      ...backfill,
      ...updates.map((update) => withNewestRow(update, backfill)),
    ]);
  } catch (error) {
    pendingBackfill.restore(backfill);
    throw error;
  }
  const posts = result.posts.slice(backfill.length);
  for (const [index, { postId }] of updates.entries()) {
    const post = posts[index];
    if (post) rememberCount(postId, post.count);
  }
  return { dirtied: result.dirtied, posts };
}

/** A reader's row may be older than one that this process wrote; Redis must not be initialized with the older one. */
function withNewestRow(update: ViewUpdate, backfill: readonly BackfillEntry[]): ViewUpdate {
  let { row } = update;
  if (!row) return update;
  for (const { postId, row: newer } of backfill) {
    if (postId === update.postId && newer.version > row.version) row = newer;
  }
  return { ...update, row };
}

/** Pending views of one post that are sealed together: a claim takes them at once, in about a millisecond. */
const VIEWS_TO_SEAL = 1_000;
let viewsToSeal = VIEWS_TO_SEAL;

/** For tests. @returns a function that restores it */
export function setViewsToSealForTest(views: number): () => void {
  viewsToSeal = views;
  return () => {
    viewsToSeal = VIEWS_TO_SEAL;
  };
}

async function runRecordAndCount(
  updates: readonly (ViewUpdate | BackfillEntry)[],
): Promise<ViewUpdateResult> {
  const sealId = newId();
  const scriptKeys: string[] = [keys.dirtyPosts, keys.viewClaims, keys.sealedViews, keys.sealedCounts];
  const args: (string | number)[] = [
    ...[now(), ttlSeconds.postMeta, ttlSeconds.postViews],
    ...[sealId, viewsToSeal],
  ];
  for (const update of updates) {
    const { postId, row, viewers } = update;
    scriptKeys.push(keys.postMeta(postId), keys.postViews(postId), keys.postPendingViews(postId));
    scriptKeys.push(keys.sealedViewers(postId, sealId));
    args.push(postId, ...(row ? [1, row.authorSeq, row.views, row.version, row.batch ?? ""] : [0]));
    if ("written" in update) args.push(viewers.length, ...viewers, 0);
    else args.push(0, viewers.length, ...viewers);
  }
  return redisService().script(recordAndCountViews, scriptKeys, args, replySchema);
}

/**
 * Published counts of posts just read from Postgres, in one round trip. Posts that Redis does not have, or has from an
 * older row, are updated there on the way. Without Redis it is the larger of the persisted count and the last count
 * that this process read from Redis.
 *
 * @returns post id -> count
 */
export async function getViewCounts(rows: readonly ViewRow[]): Promise<Map<string, number>> {
  try {
    const { posts } = await recordAndCount(rows.map((row) => ({ postId: row.id, row, viewers: [] })));
    return new Map(rows.map((row, index) => [row.id, posts[index]?.count ?? row.views]));
  } catch (error) {
    log().debug({ err: error }, "view counts read from Postgres: Redis unavailable");
    return new Map(rows.map((row) => [row.id, getFallbackCount(row.id, row.views)]));
  }
}

/**
 * Loads the view counts of the newest posts into Redis, so that the first requests after a deployment, or after Redis
 * was emptied, need no read of Postgres.
 *
 * @returns how many posts were loaded
 * @throws {RedisUnavailableError}
 */
export async function warmViews(limit = 100): Promise<number> {
  const posts = await db().post.findMany({
    where: { author: { deletedAt: null } },
    ...{ select: viewColumns, orderBy: { id: "desc" }, take: limit },
  });
  await recordAndCount(posts.map((post) => ({ postId: post.id, row: toViewRow(post), viewers: [] })));
  return posts.length;
}

/** Views of one post that are in Postgres and may be missing in Redis. */
export interface BackfillEntry {
  /** Distinguishes it from a `ViewUpdate`, whose views are not recorded yet. */
  written: true;
  postId: string;
  /** The post's row in Postgres after the write. */
  row: ViewRow;
  viewers: readonly number[];
}

/** Limits the queue to a few hundred kilobytes. A viewer beyond it who returns is counted twice until the next sync. */
const MAX_QUEUED_VIEWS = 10_000;
/** Keeps the script that applies them short. */
const MAX_BACKFILL_VIEWS = 500;

const pendingBackfill = new PendingReplay<BackfillEntry>({
  maxSize: MAX_QUEUED_VIEWS,
  sizeOf: ({ viewers }) => viewers.length,
});

/**
 * Queues views that were written to Postgres directly, until `recordAndCount` sends them to Redis. Without them Redis
 * would count returning viewers again, and a view that reached Redis with an unknown outcome would be counted twice
 * until the next sync. The queue is in memory: a crash has that effect.
 */
export function queueBackfill(entries: readonly BackfillEntry[]): void {
  pendingBackfill.add(entries.flatMap(splitViewers));
}

function splitViewers(entry: BackfillEntry): BackfillEntry[] {
  const parts: BackfillEntry[] = [];
  for (let from = 0; from < entry.viewers.length; from += MAX_BACKFILL_VIEWS)
    parts.push({ ...entry, viewers: entry.viewers.slice(from, from + MAX_BACKFILL_VIEWS) });
  return parts;
}

/** Takes a batch from the queue. */
export const takeBackfill = (): BackfillEntry[] => pendingBackfill.take(MAX_BACKFILL_VIEWS);

/** Limits the map to a few megabytes; a page shows twenty posts. */
const MAX_POSTS = 10_000;

/** Post id -> count, least recently updated first. */
const lastCounts = new Map<string, number>();

/** Stores the last count that Redis returned for a post, in this process. */
export function rememberCount(postId: string, count: number): void {
  lastCounts.delete(postId);
  lastCounts.set(postId, count);
  if (lastCounts.size <= MAX_POSTS) return;
  for (const oldest of lastCounts.keys()) {
    lastCounts.delete(oldest);
    break;
  }
}

/**
 * The count to show without Redis. Postgres lacks the views that are pending in Redis, so its count alone could be
 * below the one published before.
 */
export function getFallbackCount(postId: string, persisted: number): number {
  return Math.max(persisted, lastCounts.get(postId) ?? 0);
}
