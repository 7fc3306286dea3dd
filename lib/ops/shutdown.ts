import { setTimeout as delay } from "node:timers/promises";
import { runAtExit } from "../core/at-exit";
import { log } from "../core/log";
import { disconnectDb } from "../db";
import { syncViews } from "../views";

/** What a platform usually grants between SIGTERM and SIGKILL, less a margin. */
const BUDGET_MS = 8_000;
/** Of it, for what is under way. What waits for longer (who has just left may come back) ends without us. */
const UNDER_WAY_MS = 2_000;

/**
 * On a long-lived server SIGTERM sends open pages elsewhere and carries waiting views into Postgres before the process
 * ends. Needs `NEXT_MANUAL_SIG_HANDLE=true`, or Next exits first. What does not finish in time is not lost: it waits
 * in Redis, claimed or not, for the next sync anywhere.
 */
export function syncBeforeExit(): void {
  process.once("SIGTERM", () => {
    const enough = new Promise<void>((resolve) => setTimeout(resolve, BUDGET_MS).unref());
    void Promise.race([finish(), enough]).finally(() => process.exit(0));
  });
}

/** All that is done before the process ends. */
export async function finish(): Promise<void> {
  try {
    await Promise.race([runAtExit(), delay(UNDER_WAY_MS)]);
    await syncViews({ source: "shutdown", budgetMs: BUDGET_MS / 2 });
  } catch (error) {
    log().warn({ err: error }, "views were not synced before exit; the next sync takes them up");
  }
  await disconnectDb();
}
