import { deferredWork } from "../core/defer";
import { log } from "../core/log";
import { disconnectDb } from "../db";
import { syncViews } from "../views";

/** What a platform usually grants between SIGTERM and SIGKILL, less a margin. */
const BUDGET_MS = 8_000;

/**
 * On a long-lived server SIGTERM carries waiting views into Postgres before the process ends. Needs
 * `NEXT_MANUAL_SIG_HANDLE=true`, or Next exits first. What does not finish in time is not lost: it waits
 * in Redis, claimed or not, for the next sync anywhere.
 */
export function syncBeforeExit(): void {
  process.once("SIGTERM", () => {
    const enough = new Promise<void>((resolve) => setTimeout(resolve, BUDGET_MS).unref());
    void Promise.race([finish(), enough]).finally(() => process.exit(0));
  });
}

async function finish(): Promise<void> {
  try {
    await deferredWork();
    await syncViews({ source: "shutdown", budgetMs: BUDGET_MS / 2 });
  } catch (error) {
    log().warn({ err: error }, "views were not synced before exit; the next sync takes them up");
  }
  await disconnectDb();
}
