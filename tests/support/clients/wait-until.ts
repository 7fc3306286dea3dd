import { setTimeout as delay } from "node:timers/promises";

const PAUSE_MS = 5;
/** Before the test's own limit, which does not say what was waited for. */
const LIMIT_MS = 100_000;

/**
 * Waits until a condition holds. Throws with its name when that takes far too long.
 * @param pauseMs  between two looks; longer where a look is a call to a browser or a server
 */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  pauseMs = PAUSE_MS,
): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`still not so: ${what}`);
    await delay(pauseMs);
  }
}
