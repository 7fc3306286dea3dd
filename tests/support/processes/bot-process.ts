import { waitForDeferredWork } from "@/lib/core/defer";
import { handleUntilTaken, runBotTasks } from "@/tests/support/factories/bot-updates";

/**
 * An instance of the app that handles one update of a bot and runs its tasks, and dies at the FAILPOINT of its
 * environment. Arguments: the bot's id, the update.
 */
const [id = "", update = "{}"] = process.argv.slice(2);
await handleUntilTaken({ id }, JSON.parse(update) as object);
await runBotTasks({ id });
await waitForDeferredWork();
process.exit(0);
