import { waitForDeferredWork } from "@/lib/core/defer";
import { lanes } from "@/lib/tasks/define-queue";
import { lookAtMint } from "@/tests/support/factories/minting";

/**
 * An instance of the app that looks at mints, whose ids are its arguments, and dies at the FAILPOINT of its environment.
 * As many looks run at once as QStash delivers in the lane.
 */
const mintIds = process.argv.slice(2);
await Promise.all(
  Array.from({ length: lanes.money.parallelism }, async () => {
    for (let mintId = mintIds.shift(); mintId; mintId = mintIds.shift()) await lookAtMint(mintId);
  }),
);
await waitForDeferredWork();
process.exit(0);
