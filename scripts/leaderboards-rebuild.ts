import "./load-env";
import { disconnectDb } from "@/lib/db";
import { rebuildLeaderboards } from "@/lib/leaderboards";

/** `npm run leaderboards:rebuild`: the leaderboards in Redis, made anew from the sales in Postgres. */
for (const { period, bucket, places } of await rebuildLeaderboards()) {
  console.log(`${period} (${bucket}): ${places} places`);
}
await disconnectDb();
