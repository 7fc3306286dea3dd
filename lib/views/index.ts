export { deleteCachedViews, syncViewsBeforeErasure } from "./erase-account";
export { getViewCounts, warmViews } from "./record-and-count";
export { type RecordedView, recordViews, type ViewStatus, viewPost, viewPosts } from "./record-views";
export { getViewSyncState, type ViewSyncState } from "./sync-state";
export { type SyncOptions, type SyncRun, syncNow, syncViews } from "./sync-views";
export { toViewRow, viewColumns } from "./view-row";
