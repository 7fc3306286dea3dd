import { waitForDeferredWork } from "@/lib/core/defer";
import { lookAtMint } from "@/tests/support/factories/minting";

/**
 * An instance of the app that looks at mints, whose ids are its arguments, and dies at the FAILPOINT of its environment.
 * After its last look it prints nothing and ends with 0.
 */
await Promise.all(process.argv.slice(2).map((mintId) => lookAtMint(mintId)));
await waitForDeferredWork();
process.exit(0);
