export { getLiveCounts, getViewCounts, warmViews } from "./counters";
export { deleteCachedViews, syncViewsBeforeErasure } from "./erase-account";
export { type PlayRow, playColumns, toPlayRow } from "./play-row";
export { countPlaysByDay, recordPlay } from "./record-plays";
export { type RecordedView, recordViews, viewPost, viewPosts } from "./record-views";
export { type Recount, recountPost } from "./recount-post";
export { getViewSyncState, type ViewSyncState } from "./sync-state";
export { type SyncOptions, type SyncRun, syncNow, syncRunSchema, syncViews } from "./sync-views";
export { toViewRow, viewColumns } from "./view-row";
