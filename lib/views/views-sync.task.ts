import { syncViews } from "./sync-views";

/** Queue `views-sync`: carries waiting views into Postgres. Running it twice does nothing twice. */
export async function task(): Promise<void> {
  await syncViews({ source: "first-view" });
}
