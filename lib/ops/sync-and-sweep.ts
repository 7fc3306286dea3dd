import type { ViewSync } from "../schemas/views";
import { type SweepReport, sweepTasks } from "../tasks";
import { syncNow } from "../views";

/**
 * Syncs views and sweeps tasks, concurrently: one call of a plan that counts calls does both. Each is tried although
 * the other fails.
 * @throws the error of the sync, else that of the sweep
 */
export async function syncAndSweep(): Promise<{ sync: ViewSync; sweep: SweepReport }> {
  const [sync, sweep] = await Promise.allSettled([syncNow("cron"), sweepTasks()]);
  if (sync.status === "rejected") throw sync.reason;
  if (sweep.status === "rejected") throw sweep.reason;
  return { sync: sync.value, sweep: sweep.value };
}
