import { now } from "../core/clock";
import { defer } from "../core/defer";
import { log } from "../core/log";
import { publish } from "../tasks";

/** Longest wait of a quiet post's first view for its sync. */
const SYNC_DELAY_SECONDS = 30;

let lastWindow = -1;

/**
 * Requests a sync after a delay, so that a quiet post does not wait for the cron. One message per window for the whole
 * fleet: each process publishes once, and the deduplication id merges the messages. Best effort: the cron syncs
 * anyway.
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
      log().warn({ err: error }, "early view sync not requested: left to the cron");
    }
  });
}
