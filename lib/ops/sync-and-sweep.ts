import { sweepChats, sweepDueExecutions } from "../bot";
import { env } from "../core/env";
import { log } from "../core/log";
import { foldBatches } from "../metrics";
import type { ViewSync } from "../schemas/views";
import { type SweepReport, sweepTasks } from "../tasks";
import { syncNow } from "../views";
import { watchQuotas } from "./quotas";

/**
 * Syncs views and sweeps tasks, concurrently: one call of a plan that counts calls does both. Each is tried although
 * the other fails.
 * @throws the error of the sync, else that of the sweep
 */
export async function syncAndSweep(): Promise<{ sync: ViewSync; sweep: SweepReport }> {
  const [sync, sweep] = await Promise.allSettled([syncNow("cron"), sweepAll()]);
  if (sync.status === "rejected") throw sync.reason;
  if (sweep.status === "rejected") throw sweep.reason;
  return { sync: sync.value, sweep: sweep.value };
}

/**
 * Sweeps tasks, and beside them the chats of bots that a dead process has left, and executions without a task; and adds
 * up what instances have counted.
 * @throws the error of the tasks, else one of the others
 */
export async function sweepAll(): Promise<SweepReport> {
  const [tasks, ...others] = await Promise.allSettled([
    sweepTasks(),
    sweepChats(),
    sweepDueExecutions(),
    foldCounts().then(watchQuotas),
  ]);
  if (tasks.status === "rejected") throw tasks.reason;
  for (const swept of others) if (swept.status === "rejected") throw swept.reason;
  return tasks.value;
}

/** Best effort: the batches wait for the next call. */
async function foldCounts(): Promise<void> {
  if (env().METRICS_INTERVAL_SECONDS === 0) return;
  await foldBatches().catch((error: unknown) => log().debug({ err: error }, "counts not added up"));
}
