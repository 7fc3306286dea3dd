export { deleteCachedViews, syncViewsBeforeErasure } from "./erase-account";
export { type RecordedView, recordViews, type ViewStatus, viewPost, viewPosts } from "./record-views";
export { getViewSyncState, type ViewSyncState } from "./sync-state";
export { type SyncOptions, type SyncRun, syncNow, syncViews } from "./sync-views";
export { getViewCounts, warmViews } from "./view-counts";
export { toViewRow, viewColumns } from "./view-row";
