import { syncViews } from "./sync-views";

/** Queue `views-sync`: syncs pending views to Postgres. Safe to run twice. */
export async function task(): Promise<void> {
  await syncViews({ source: "first-view" });
}
