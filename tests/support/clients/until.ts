import { setTimeout as delay } from "node:timers/promises";

const PAUSE_MS = 5;
/** Before the test's own limit, which does not say what was waited for. */
const LIMIT_MS = 100_000;

/** Waits until a condition holds. Throws with its name when that takes far too long. */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`still not so: ${what}`);
    await delay(PAUSE_MS);
  }
}
