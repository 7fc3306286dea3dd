import { waitForDeferredWork } from "@/lib/core/defer";
import { lookAtMints } from "@/tests/support/factories/minting";

/**
 * An instance of the app that looks at mints, whose ids are its arguments, and dies at the FAILPOINT of its environment.
 */
await lookAtMints(process.argv.slice(2));
await waitForDeferredWork();
process.exit(0);
