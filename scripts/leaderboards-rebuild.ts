import "./load-env";
import { disconnectDb } from "@/lib/db";
import { rebuildLeaderboards } from "@/lib/leaderboards";

/** `npm run leaderboards:rebuild`: rebuilds the leaderboards in Redis from the sales in Postgres. */
for (const { period, bucket, rows } of await rebuildLeaderboards()) {
  console.log(`${period} (${bucket}): ${rows} rows`);
}
await disconnectDb();
