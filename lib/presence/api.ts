import { z } from "zod";
import { idSchema } from "../core/ids";
import { stateSchema } from "./presence-state";

const MAX_USERS = 100;

export const presenceQuerySchema = z.object({
  /** A repeated parameter, or one with commas; 100 ids at most. */
  userIds: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .transform((values) => [...new Set([values].flat().flatMap((text) => text.split(",")))].filter(Boolean))
    .pipe(z.array(idSchema).max(MAX_USERS)),
});

export const presencesSchema = z.object({
  items: z.array(
    z.object({
      userId: z.uuid(),
      state: stateSchema,
      /** While the user is online or away, the time of their last heartbeat; kept for a day. */
      lastSeenAt: z.iso.datetime().nullable(),
    }),
  ),
  /** All users who are online or away. */
  onlineCount: z.int(),
  /** False when Redis is unavailable: every user is then reported as offline. */
  known: z.boolean(),
});

export const heartbeatSchema = z.strictObject({
  /** From the stream's `open` event. */
  streamId: idSchema,
  /** `away`: none of the browser's tabs is visible. */
  state: z.enum(["online", "away"]),
});
