import { setTimeout as delay } from "node:timers/promises";

const PAUSE_MS = 5;
const LIMIT_MS = 30_000;

/** Waits until a condition holds. Throws with its name when that takes longer than half a minute. */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`still not so: ${what}`);
    await delay(PAUSE_MS);
  }
}
