import { z } from "zod";
import { defer } from "../core/defer";
import { log } from "../core/log";
import { keys, redisService, type Subscription } from "../redis";

/**
 * "Something about this person has changed": every instance hears it, and looks after the streams that it has open
 * for them. Speed, not safety: who misses it finds out at the next heartbeat.
 */

const messageSchema = z.object({ userId: z.uuid() });

/** Tells all instances, once the answer is out. */
export function wake(userId: string): void {
  defer(async () => {
    try {
      await redisService().publish(keys.realtimeUpstream, { userId });
    } catch (error) {
      log().debug({ err: error }, "open streams hear of a change at their next heartbeat");
    }
  });
}

/**
 * One subscription for however many streams an instance has.
 * @param onWake  null: some may have been missed, so it may be anybody
 */
export function listen(onWake: (userId: string | null) => void): Subscription {
  return redisService().subscribe(keys.realtimeUpstream, messageSchema, ({ userId }) => onWake(userId), {
    onConnect: ({ reconnected }) => {
      if (reconnected) onWake(null);
    },
  });
}
