import { log } from "../core/log";
import { keys, redisService } from "../redis";
import type { Channel } from "./catalogue";

/** A command's keys are bounded. */
const MOST_AT_ONCE = 200;

/**
 * What was said on these channels is in no log any more, for when somebody is to be forgotten: whoever listens is told
 * to read anew, at the next event or heartbeat. Best effort: a log that Redis keeps is gone a day after its last entry.
 */
export async function forgetChannels(channels: readonly Channel[]): Promise<void> {
  try {
    for (let from = 0; from < channels.length; from += MOST_AT_ONCE) {
      const some = channels.slice(from, from + MOST_AT_ONCE);
      await redisService().del(...some.flatMap((one) => [keys.realtimeHead(one), keys.realtimeLog(one)]));
    }
  } catch (error) {
    log().debug({ err: error }, "logs of channels expire by themselves");
  }
}
