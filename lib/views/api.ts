import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import type { Locale } from "../core/locale";
import { RedisUnavailableError } from "../redis";
import type { ViewedPost, ViewedPosts, ViewSync } from "../schemas/views";
import { recordViews, type ViewStatus } from "./record-views";
import type { SyncRun } from "./sync-state";
import { syncViews } from "./sync-views";

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
