import { defer } from "../core/defer";
import { log } from "../core/log";
import { publishUpstream } from "./upstream";

/**
 * Publishes, after the response is sent, that a user's sessions or rights have changed: every instance checks the
 * user's streams again. For speed, not safety: a stream that misses it checks its session at the next heartbeat and its
 * rights at every fourth.
 */
export function wakeUserStreams(userId: string): void {
  defer(async () => {
    try {
      await publishUpstream({ userId });
    } catch (error) {
      log().debug({ err: error }, "wake-up message not published: streams check at their next heartbeat");
    }
  });
}
