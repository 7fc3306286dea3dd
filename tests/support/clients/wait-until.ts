import { setTimeout as delay } from "node:timers/promises";

const POLL_INTERVAL_MS = 5;
/** Before the test's own limit, which does not say what was waited for. */
const TIMEOUT_MS = 100_000;

/**
 * Waits until a condition holds. Throws with its name when that takes far too long.
 * @param pauseMs  between two looks; longer where a look is a call to a browser or a server
 */
export async function waitUntil(
  what: string,
  holds: () => Promise<boolean> | boolean,
  pauseMs = POLL_INTERVAL_MS,
): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`still not so: ${what}`);
    await delay(pauseMs);
  }
}
