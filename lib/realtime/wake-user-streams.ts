import { defer } from "../core/defer";
import { log } from "../core/log";
import { publishUpstream } from "./upstream";

/**
 * "Something about this person has changed": once the answer is out, every instance looks whether the streams that
 * it has open for them may stay, and what they may listen to. Speed, not safety: who misses it finds out at the next
 * heartbeat that their session is over.
 */
export function wakeUserStreams(userId: string): void {
  defer(async () => {
    try {
      await publishUpstream({ userId });
    } catch (error) {
      log().debug({ err: error }, "open streams hear of a change at their next heartbeat");
    }
  });
}
