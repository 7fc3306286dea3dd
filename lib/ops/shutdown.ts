import { setTimeout as delay } from "node:timers/promises";
import { runExitHandlers } from "../core/at-exit";
import { log } from "../core/log";
import { disconnectDb } from "../db";
import { syncViews } from "../views";

/** What platforms usually grant between SIGTERM and SIGKILL, less a margin. */
const SHUTDOWN_BUDGET_MS = 8_000;
/** Part of it for work under way. Longer waits, such as presence's grace period, are cut off. */
const IN_FLIGHT_BUDGET_MS = 2_000;

/**
 * On a long-lived server SIGTERM closes open streams, so that pages reconnect to another instance, and syncs pending
 * views to Postgres before the process ends. Needs `NEXT_MANUAL_SIG_HANDLE=true`, or Next exits first. Views that are
 * not synced in time are not lost: they stay in Redis, pending or claimed, for the next sync on any instance.
 */
export function registerShutdown(): void {
  process.once("SIGTERM", () => {
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, SHUTDOWN_BUDGET_MS).unref());
    void Promise.race([shutDown(), deadline]).finally(() => process.exit(0));
  });
}

/** Everything that runs before the process ends. */
export async function shutDown(): Promise<void> {
  try {
    await Promise.race([runExitHandlers(), delay(IN_FLIGHT_BUDGET_MS)]);
    await syncViews({ source: "shutdown", budgetMs: SHUTDOWN_BUDGET_MS / 2 });
  } catch (error) {
    log().warn({ err: error }, "views not synced before exit: the next sync takes them");
  }
  await disconnectDb();
}
