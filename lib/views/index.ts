export { syncNow, viewPost, viewPosts } from "./api";
export { deleteCachedViews, syncViewsBeforeErasure } from "./erase-account";
export { type RecordedView, recordViews, type ViewStatus } from "./record-views";
export { getViewSyncState, type SyncRun, type ViewSyncState } from "./sync-state";
export { type SyncOptions, syncViews } from "./sync-views";
export { getViewCounts, warmViews } from "./view-counts";
export { toViewRow, viewColumns } from "./view-row";
