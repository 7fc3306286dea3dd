import { now } from "../core/clock";
import { defer } from "../core/defer";
import { log } from "../core/log";
import { publish } from "../tasks";

/** How long the first view of a quiet post waits at most for its sync. */
const SYNC_DELAY_SECONDS = 30;

let lastWindow = -1;

/**
 * Asks for a sync a little later, so that a quiet post does not wait for the cron. One message a window
 * for the whole fleet: this process asks once, and the deduplication id makes the others' the same message.
 * Best effort; the cron makes up for one that was not sent.
 */
export function requestSync(): void {
  const window = Math.floor(now() / (SYNC_DELAY_SECONDS * 1000));
  if (window === lastWindow) return;
  lastWindow = window;
  defer(async () => {
    try {
      await publish(
        "views-sync",
        {},
        { delaySeconds: SYNC_DELAY_SECONDS, deduplicationId: `views-sync-${window}` },
      );
    } catch (error) {
      log().warn({ err: error }, "no early view sync; the cron will do it");
    }
  });
}
