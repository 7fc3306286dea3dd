import { setTimeout as delay } from "node:timers/promises";
import { deferredWork } from "@/lib/core/defer";
import { isOutage } from "@/lib/core/http";
import { db } from "@/lib/db";
import { sweepTasks } from "@/lib/tasks";
import { passAllTime } from "./advance-time";
import { resendRefunds } from "./provider-payments";
import type { World } from "./soak-stack";

const ROUND_MS = 150;
/** So long nothing was finished: what is left waits for something, and more time has to go by. */
const IDLE_MS = 600;
/** With so much left a slow machine is the more likely reason: making all of it due would have all of it sent again. */
const MUCH = 100;
const IDLE_WITH_MUCH_MS = 10_000;

/**
 * Nothing goes wrong any more: time goes by and sweeps come until nothing is unfinished, or nothing was finished for
 * too long. Time stands still while work is done: a slow machine is not flooded with what is under way already.
 */
export async function settle(
  { provider }: Pick<World, "provider">,
  { sweeps = true, limitMs = 60_000 }: { sweeps?: boolean; limitMs?: number } = {},
): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  let progressedMs = Date.now();
  let jumpedMs = 0;
  let resent = false;
  while (Date.now() < progressedMs + limitMs) {
    const unfinished = await db().task.count({
      where: { state: { in: ["pending", "published", "running"] } },
    });
    const { waiting, inFlight } = provider.stats();
    if (unfinished === 0 && waiting === 0 && inFlight === 0) {
      await deferredWork();
      if (resent) return;
      await resendRefunds(provider);
      resent = true;
      least = Number.POSITIVE_INFINITY;
      continue;
    }
    if (unfinished + waiting < least) {
      least = unfinished + waiting;
      progressedMs = Date.now();
    } else if (
      Date.now() >
      Math.max(progressedMs, jumpedMs) + (unfinished > MUCH ? IDLE_WITH_MUCH_MS : IDLE_MS)
    ) {
      await passAllTime().catch(unlessOutage);
      jumpedMs = Date.now();
      // What was done brings new work: a check that asks again, a notification of a sale.
      least = unfinished + waiting;
    }
    if (sweeps) await sweepTasks().catch(() => {});
    await delay(ROUND_MS);
  }
}

/** A statement that took too long on a slow machine: time goes by at the next round. */
function unlessOutage(error: unknown): void {
  if (!isOutage(error)) throw error;
}
