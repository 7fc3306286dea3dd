import type { Caller } from "../core/access-token";
import { coalesce } from "../core/coalesce";
import { AppError } from "../core/errors";
import type { Locale } from "../core/locale";
import { log } from "../core/log";
import type { ViewedPost, ViewedPosts } from "../schemas/views";
import { persistViews } from "./persist-views";
import { publishCounts, requestSync } from "./publish-changes";
import { getFallbackCount, queueBackfill, recordAndCount, type ViewUpdate } from "./record-and-count";
import { loadViewRows } from "./view-row";

/**
 * Counts one view.
 * @throws {AppError} not_found for an unknown post
 */
export async function viewPost(viewer: Caller, postId: string, locale: Locale): Promise<ViewedPost> {
  const [view] = await recordViews(viewer.seq, [postId]);
  if (!view || view.status === "unknown") throw new AppError("not_found", { message: "post_not_found" });
  return { message: viewMessage(view.status, locale), viewsCount: view.viewsCount };
}

/** Counts the views of a batch of posts. Repeated views, own posts and unknown ids are not errors. */
export async function viewPosts(
  viewer: Caller,
  postIds: readonly string[],
  locale: Locale,
): Promise<ViewedPosts> {
  const views = await recordViews(viewer.seq, postIds);
  const countedPostIds = views.filter(({ status }) => status === "counted").map(({ postId }) => postId);
  return {
    message: viewsAddedMessage(countedPostIds.length, locale),
    processedCount: countedPostIds.length,
    postIds: countedPostIds,
  };
}

const texts = {
  counted: { ru: "Просмотр добавлен", en: "View added" },
  repeated: { ru: "Просмотр уже был засчитан", en: "This view was counted before" },
  own: { ru: "Свои просмотры не считаются", en: "Your own views do not count" },
} as const;

function viewMessage(status: Exclude<ViewStatus, "unknown">, locale: Locale): string {
  return texts[status][locale];
}

function viewsAddedMessage(count: number, locale: Locale): string {
  return locale === "ru" ? `Добавлено просмотров: ${count}` : `Views added: ${count}`;
}

/** `counted`: a new view; `repeated`: seen before; `own`: the viewer is the author; `unknown`: no such post. */
export type ViewStatus = "counted" | "repeated" | "own" | "unknown";

export interface RecordedView {
  postId: string;
  status: ViewStatus;
  /** 0 for an unknown post. */
  viewsCount: number;
}

interface IncomingView {
  viewerSeq: number;
  postId: string;
}

/** Long enough to batch concurrent requests, too short to be noticed. */
const BATCH_WINDOW_MS = 3;
/** Keeps one script short, because it blocks Redis. */
const MAX_BATCH_SIZE = 500;

const recordBatched = coalesce(recordBatch, { windowMs: BATCH_WINDOW_MS, maxSize: MAX_BATCH_SIZE });

/**
 * Counts one user's views of some posts, each once. Concurrent calls in one process share one round trip. Without Redis
 * the views are written to Postgres in one statement.
 *
 * @param viewerSeq  `User.seq` of the viewer
 * @returns one result per distinct post, in order
 * @throws when neither Redis nor Postgres recorded a view; safe to repeat
 */
export async function recordViews(viewerSeq: number, postIds: readonly string[]): Promise<RecordedView[]> {
  const distinct = [...new Set(postIds)];
  return Promise.all(
    distinct.map(async (postId) => {
      const result = await recordBatched({ viewerSeq, postId });
      if (result instanceof Error) throw result;
      return result;
    }),
  );
}

/** Result for one post's views; null when the post does not exist, an error when no backend answered. */
type PostResult = { count: number; status: Map<number, ViewStatus> } | null | Error;

/** Returns failures instead of throwing them: one failed post must not fail the whole batch. */
async function recordBatch(views: IncomingView[]): Promise<(RecordedView | Error)[]> {
  const updates = groupByPost(views);
  const results = await countInRedis(updates);
  const remaining = updates.filter(({ postId }) => !results.has(postId));
  for (const [postId, result] of await countInPostgres(remaining)) results.set(postId, result);

  publishCounts(changedCounts(results));
  const reported = new Set<string>();
  return views.map(({ postId, viewerSeq }) => {
    const result = results.get(postId);
    if (result instanceof Error) return result;
    if (!result) return { postId, status: "unknown", viewsCount: 0 };
    const status = result.status.get(viewerSeq) ?? "repeated";
    // A view that is twice in one batch is counted once: only the first one reports `counted`.
    const viewKey = `${postId}:${viewerSeq}`;
    const isDuplicate = reported.has(viewKey);
    reported.add(viewKey);
    return {
      postId,
      status: isDuplicate && status === "counted" ? "repeated" : status,
      viewsCount: result.count,
    };
  });
}

function* changedCounts(results: Map<string, PostResult>): Iterable<readonly [string, number]> {
  for (const [postId, result] of results) {
    if (result === null || result instanceof Error) continue;
    if ([...result.status.values()].includes("counted")) yield [postId, result.count];
  }
}

function groupByPost(views: IncomingView[]): ViewUpdate[] {
  const viewersOf = new Map<string, Set<number>>();
  for (const { postId, viewerSeq } of views) {
    viewersOf.set(postId, (viewersOf.get(postId) ?? new Set()).add(viewerSeq));
  }
  return [...viewersOf].map(([postId, viewers]) => ({ postId, viewers: [...viewers] }));
}

/** Leaves out posts that Redis could not count; views that it did record stay there, which is safe. */
async function countInRedis(updates: ViewUpdate[]): Promise<Map<string, PostResult>> {
  const results = new Map<string, PostResult>();
  try {
    const missing = await applyUpdates(results, updates);
    if (missing.length === 0) return results;
    const rows = await loadViewRows(missing.map(({ postId }) => postId));
    for (const { postId } of missing) if (!rows.has(postId)) results.set(postId, null);
    await applyUpdates(
      results,
      missing.flatMap((entry) => {
        const row = rows.get(entry.postId);
        return row ? [{ ...entry, row }] : [];
      }),
    );
  } catch (error) {
    log().debug({ err: error }, "views written to Postgres: Redis unavailable");
  }
  return results;
}

const STATUS_BY_OUTCOME = { "1": "counted", "0": "repeated", "-1": "own" } as const;

/** @returns the posts that Redis does not have */
async function applyUpdates(results: Map<string, PostResult>, updates: ViewUpdate[]): Promise<ViewUpdate[]> {
  const { dirtied, posts } = await recordAndCount(updates);
  if (dirtied) requestSync();
  return updates.filter(({ postId, viewers }, index) => {
    const postResult = posts[index];
    if (!postResult) return true;
    const status = new Map(
      viewers.map((viewer, i) => [viewer, STATUS_BY_OUTCOME[`${postResult.outcomes[i] ?? 0}`]]),
    );
    results.set(postId, { count: postResult.count, status });
    return false;
  });
}

async function countInPostgres(updates: ViewUpdate[]): Promise<Map<string, PostResult>> {
  const pairs = updates.flatMap(({ postId, viewers }) => viewers.map((viewerSeq) => ({ postId, viewerSeq })));
  try {
    const { posts } = await persistViews(pairs, null);
    const viewersOf = new Map(updates.map(({ postId, viewers }) => [postId, viewers]));
    queueBackfill(
      posts.map((row) => ({ written: true, postId: row.id, row, viewers: viewersOf.get(row.id) ?? [] })),
    );
    return new Map(
      posts.map((post) => {
        const status = new Map<number, ViewStatus>(post.inserted.map((viewer) => [viewer, "counted"]));
        status.set(post.authorSeq, "own");
        return [post.id, { count: getFallbackCount(post.id, post.views), status }];
      }),
    );
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error("views not recorded", { cause });
    return new Map(updates.map(({ postId }) => [postId, error]));
  }
}
