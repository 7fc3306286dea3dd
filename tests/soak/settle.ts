import { setTimeout as delay } from "node:timers/promises";
import { deferredWork } from "@/lib/core/defer";
import { db } from "@/lib/db";
import { sweepTasks } from "@/lib/tasks";
import { resendRefunds } from "./provider-books";
import { passAllTime } from "./time";
import type { World } from "./world";

const ROUND_MS = 150;

/** Nothing goes wrong any more: time goes by and sweeps come until nothing is unfinished, or it takes too long. */
export async function settle(
  { provider }: Pick<World, "provider">,
  { sweeps = true, limitMs = 60_000 }: { sweeps?: boolean; limitMs?: number } = {},
): Promise<void> {
  const deadline = Date.now() + limitMs;
  let resent = false;
  while (Date.now() < deadline) {
    const unfinished = await db().task.count({
      where: { state: { in: ["pending", "published", "running"] } },
    });
    const { waiting, inFlight } = provider.stats();
    if (unfinished === 0 && waiting === 0 && inFlight === 0) {
      await deferredWork();
      if (resent) return;
      await resendRefunds(provider);
      resent = true;
      continue;
    }
    await passAllTime();
    if (sweeps) await sweepTasks().catch(() => {});
    await delay(ROUND_MS);
  }
}
