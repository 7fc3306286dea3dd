import { setTimeout as delay } from "node:timers/promises";

const POLL_INTERVAL_MS = 5;
/** Shorter than the test's own timeout, whose message does not name the condition. */
const TIMEOUT_MS = 100_000;

/**
 * Waits until a condition holds. Throws with its name after the time limit.
 * @param pauseMs  between two checks; use more where a check calls a browser or a server
 */
export async function waitUntil(
  what: string,
  holds: () => Promise<boolean> | boolean,
  pauseMs = POLL_INTERVAL_MS,
  timeoutMs = TIMEOUT_MS,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`timed out waiting for: ${what}`);
    await delay(pauseMs);
  }
}
