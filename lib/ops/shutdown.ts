import { setTimeout as delay } from "node:timers/promises";
import { runExitHandlers } from "../core/at-exit";
import { log } from "../core/log";
import { disconnectDb } from "../db";
import { syncViews } from "../views";

/** What a platform usually grants between SIGTERM and SIGKILL, less a margin. */
const SHUTDOWN_BUDGET_MS = 8_000;
/** Of it, for what is under way. What waits for longer (who has just left may come back) ends without us. */
const IN_FLIGHT_BUDGET_MS = 2_000;

/**
 * On a long-lived server SIGTERM sends open pages elsewhere and carries waiting views into Postgres before the process
 * ends. Needs `NEXT_MANUAL_SIG_HANDLE=true`, or Next exits first. What does not finish in time is not lost: it waits
 * in Redis, claimed or not, for the next sync anywhere.
 */
export function registerShutdown(): void {
  process.once("SIGTERM", () => {
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, SHUTDOWN_BUDGET_MS).unref());
    void Promise.race([shutDown(), deadline]).finally(() => process.exit(0));
  });
}

/** All that is done before the process ends. */
export async function shutDown(): Promise<void> {
  try {
    await Promise.race([runExitHandlers(), delay(IN_FLIGHT_BUDGET_MS)]);
    await syncViews({ source: "shutdown", budgetMs: SHUTDOWN_BUDGET_MS / 2 });
  } catch (error) {
    log().warn({ err: error }, "views were not synced before exit; the next sync takes them up");
  }
  await disconnectDb();
}
