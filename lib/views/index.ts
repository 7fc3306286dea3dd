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
export { viewCounts } from "./counts";
export { forgetViewsOf, syncBeforeDeletion } from "./forget";
export { type RecordedView, recordViews, type ViewStatus } from "./record";
export { toViewRow, viewColumns } from "./rows";
export { type SyncRun, type ViewSyncState, viewSyncState } from "./state";
export { type SyncOptions, syncViews } from "./sync";
export { warmViews } from "./warm";
