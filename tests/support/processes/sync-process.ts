import { setTimeout as delay } from "node:timers/promises";
import { syncViews } from "@/lib/views/sync-views";

/**
 * A process that syncs views over and over until it is told to stop, or dies at the FAILPOINT of its
 * environment. Its one argument is the lease in milliseconds.
 */
const leaseMs = Number(process.argv[2]);
let stopping = false;
process.on("message", () => {
  stopping = true;
});
process.on("disconnect", () => process.exit(0));

process.send?.("ready");
while (!stopping) {
  await syncViews({ source: "script", leaseMs });
  // The pause between two syncs; syncs of the other processes fall into it.
  await delay(5);
}
process.exit(0);
