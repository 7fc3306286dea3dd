import { z } from "zod";
import { log } from "../../core/log";
import { keys, redisService, ttlSeconds } from "../../redis";

/**
 * Notes that the transcoder crashed in a task. Attempts say nothing of it: a store that was away and a deployment end
 * them too. What Redis has lost did not happen, so that a track is tried once more rather than refused.
 *
 * @returns whether it has crashed in this task before
 */
export async function noteCrash(taskId: string): Promise<boolean> {
  const key = keys.transcoderCrash(taskId);
  try {
    const isRepeated = (await redisService().get(key, z.literal("crashed"))) !== null;
    await redisService().set(key, "crashed", { ttlSeconds: ttlSeconds.transcoderCrash });
    return isRepeated;
  } catch (error) {
    log().warn({ err: error, taskId }, "crash of the transcoder not noted");
    return false;
  }
}
