import { setTimeout as delay } from "node:timers/promises";
import { waitForDeferredWork } from "@/lib/core/defer";
import { isOutage } from "@/lib/core/http";
import { db } from "@/lib/db";
import { sweepTasks } from "@/lib/tasks";
import { makeEverythingDue } from "./advance-time";
import { resendRefunds } from "./provider-payments";
import type { SoakStack } from "./soak-stack";

const ROUND_DELAY_MS = 150;
/** After this time (ms) without progress the remaining tasks wait for a due date, and time has to move. */
const IDLE_MS = 600;
/**
 * With a backlog this large a slow machine is the likelier reason, and making everything due would send all of it
 * again.
 */
const LARGE_BACKLOG = 100;
const IDLE_WITH_LARGE_BACKLOG_MS = 10_000;

/**
 * Runs after the faults: moves time and sweeps until everything is finished, or nothing was finished for too long. Time
 * does not move while work progresses, so that a slow machine gets no duplicates of what is in flight.
 */
export async function drain(
  { provider }: Pick<SoakStack, "provider">,
  { sweeps = true, timeoutMs = 60_000 }: { sweeps?: boolean; timeoutMs?: number } = {},
): Promise<void> {
  let fewestLeft = Number.POSITIVE_INFINITY;
  let lastProgressMs = Date.now();
  let lastJumpMs = 0;
  let refundsResent = false;
  while (Date.now() < lastProgressMs + timeoutMs) {
    const unfinished = await db().task.count({
      where: { state: { in: ["pending", "published", "running"] } },
    });
    const { pending, inFlight } = provider.stats();
    if (unfinished === 0 && pending === 0 && inFlight === 0) {
      await waitForDeferredWork();
      if (refundsResent) return;
      await resendRefunds(provider);
      refundsResent = true;
      fewestLeft = Number.POSITIVE_INFINITY;
      continue;
    }
    if (unfinished + pending < fewestLeft) {
      fewestLeft = unfinished + pending;
      lastProgressMs = Date.now();
    } else if (
      Date.now() >
      Math.max(lastProgressMs, lastJumpMs) +
        (unfinished > LARGE_BACKLOG ? IDLE_WITH_LARGE_BACKLOG_MS : IDLE_MS)
    ) {
      await makeEverythingDue().catch(ignoreOutage);
      lastJumpMs = Date.now();
      // Finished tasks may add new ones: the next payment check, a notification of a sale.
      fewestLeft = unfinished + pending;
    }
    if (sweeps) await sweepTasks().catch(() => {});
    await delay(ROUND_DELAY_MS);
  }
}

/** A statement timed out on a slow machine: the next round moves time again. */
function ignoreOutage(error: unknown): void {
  if (!isOutage(error)) throw error;
}
