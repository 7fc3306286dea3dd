export {
  syncNow,
  syncResponseSchema,
  viewPost,
  viewPostResponseSchema,
  viewPostSchema,
  viewPosts,
  viewPostsResponseSchema,
  viewPostsSchema,
} from "./api";
export { forgetViewsOf, syncBeforeDeletion } from "./erase-account";
export { viewCounts } from "./get-view-counts";
export { toViewRow, viewColumns } from "./load-view-rows";
export { type RecordedView, recordViews, type ViewStatus } from "./record-views";
export { type SyncRun, type ViewSyncState, viewSyncState } from "./sync-state";
export { type SyncOptions, syncViews } from "./sync-views";
export { warmViews } from "./warm-views";
