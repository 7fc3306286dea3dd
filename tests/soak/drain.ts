import { setTimeout as delay } from "node:timers/promises";
import { waitForDeferredWork } from "@/lib/core/defer";
import { isOutage } from "@/lib/core/http";
import { db } from "@/lib/db";
import { sweepTasks } from "@/lib/tasks";
import { makeEverythingDue } from "./advance-time";
import { resendRefunds } from "./provider-payments";
import type { SoakStack } from "./soak-stack";

const ROUND_DELAY_MS = 150;
/** So long nothing was finished: what is left waits for something, and more time has to go by. */
const IDLE_MS = 600;
/** With so much left a slow machine is the more likely reason: making all of it due would have all of it sent again. */
const LARGE_BACKLOG = 100;
const IDLE_WITH_LARGE_BACKLOG_MS = 10_000;

/**
 * Nothing goes wrong any more: time goes by and sweeps come until nothing is unfinished, or nothing was finished for
 * too long. Time stands still while work is done: a slow machine is not flooded with what is under way already.
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
    const { pending: waiting, inFlight } = provider.stats();
    if (unfinished === 0 && waiting === 0 && inFlight === 0) {
      await waitForDeferredWork();
      if (refundsResent) return;
      await resendRefunds(provider);
      refundsResent = true;
      fewestLeft = Number.POSITIVE_INFINITY;
      continue;
    }
    if (unfinished + waiting < fewestLeft) {
      fewestLeft = unfinished + waiting;
      lastProgressMs = Date.now();
    } else if (
      Date.now() >
      Math.max(lastProgressMs, lastJumpMs) +
        (unfinished > LARGE_BACKLOG ? IDLE_WITH_LARGE_BACKLOG_MS : IDLE_MS)
    ) {
      await makeEverythingDue().catch(ignoreOutage);
      lastJumpMs = Date.now();
      // What was done brings new work: a check that asks again, a notification of a sale.
      fewestLeft = unfinished + waiting;
    }
    if (sweeps) await sweepTasks().catch(() => {});
    await delay(ROUND_DELAY_MS);
  }
}

/** A statement that took too long on a slow machine: time goes by at the next round. */
function ignoreOutage(error: unknown): void {
  if (!isOutage(error)) throw error;
}
