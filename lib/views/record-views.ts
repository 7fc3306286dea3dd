import type { Caller } from "../core/access-token";
import { AppError } from "../core/errors";
import type { Locale } from "../core/locale";
import type { ViewedPost, ViewedPosts } from "../schemas/views";
import { createRecorder, type ViewStatus } from "./counter/recorder";
import { publishCounts } from "./publish-changes";
import { liveViews, views } from "./view-counter";

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

export interface RecordedView {
  postId: string;
  status: ViewStatus;
  /** 0 for an unknown post. */
  viewsCount: number;
}

const record = createRecorder(views, liveViews, (counts) => publishCounts("viewsCount", counts));

/**
 * Counts one user's views of some posts, each once. Concurrent calls in one process share one round trip. Without Redis
 * the views are written to Postgres in one statement.
 *
 * @param viewerSeq  `User.seq` of the viewer
 * @returns one result per distinct post, in order
 * @throws when neither Redis nor Postgres recorded a view; safe to repeat
 */
export async function recordViews(viewerSeq: number, postIds: readonly string[]): Promise<RecordedView[]> {
  const results = await record(viewerSeq, postIds);
  return results.map(({ postId, status, count }) => ({ postId, status, viewsCount: count }));
}
