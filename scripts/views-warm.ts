import "./load-env";
import { disconnectDb } from "@/lib/db";
import { warmViews } from "@/lib/views";

/** `npm run views:warm`: loads the view counts of the 100 newest posts into Redis. */
console.log(`loaded the view counts of ${await warmViews()} posts`);
await disconnectDb();
