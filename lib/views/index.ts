export { syncNow, viewPost, viewPosts } from "./api";
export { deleteCachedViews, syncViewsBeforeErasure } from "./erase-account";
export { getViewCounts } from "./get-view-counts";
export { toViewRow, viewColumns } from "./load-view-rows";
export { type RecordedView, recordViews, type ViewStatus } from "./record-views";
export { getViewSyncState, type SyncRun, type ViewSyncState } from "./sync-state";
export { type SyncOptions, syncViews } from "./sync-views";
export { warmViews } from "./warm-views";
