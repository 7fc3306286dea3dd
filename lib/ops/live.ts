import { z } from "zod";
import type { Caller } from "../core/access-token";
import { requireRole } from "../core/permission";
import { getPresences } from "../presence";
import { callRoll, instanceStreamsSchema } from "../realtime";

export const liveSchema = z.object({
  /** Instances with streams, those with most first. One that has none does not listen, and is not here. */
  instances: z.array(instanceStreamsSchema),
  /** How many instances were asked; one that did not answer is frozen or has just ended. */
  asked: z.int(),
  /** Users who are present and do not hide it. */
  online: z.int(),
});

export type Live = z.infer<typeof liveSchema>;

/**
 * Event streams of all instances and who is present, asked now, for administrators. Costs some commands, and up to a
 * second and a half if an instance does not answer.
 *
 * @throws {AppError} forbidden for other callers @throws {RedisUnavailableError}
 */
export async function getLive(caller: Pick<Caller, "role">): Promise<Live> {
  requireRole(caller, "admin");
  const [{ instances, asked }, { onlineCount }] = await Promise.all([callRoll(), getPresences([])]);
  return { instances, asked, online: onlineCount };
}
