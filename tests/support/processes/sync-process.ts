import { setTimeout as delay } from "node:timers/promises";
import { syncViews } from "@/lib/views/sync-views";

/**
 * A process that syncs views repeatedly until it gets a message, or dies at the FAILPOINT of its environment. Argument:
 * the lease in milliseconds.
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
  // Pause between two syncs, in which the other processes sync.
  await delay(5);
}
process.exit(0);
