import { z } from "zod";
import { idSchema } from "../core/ids";
import { stateSchema } from "./presence-state";

const MAX_USERS = 100;

export const presenceQuerySchema = z.object({
  /** Repeated, or one text with commas; 100 at most. */
  userIds: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .transform((given) => [...new Set([given].flat().flatMap((text) => text.split(",")))].filter(Boolean))
    .pipe(z.array(idSchema).max(MAX_USERS)),
});

export const presencesSchema = z.object({
  items: z.array(
    z.object({
      userId: z.uuid(),
      state: stateSchema,
      /** While they are here, of their last heartbeat; kept for a day. */
      lastSeenAt: z.iso.datetime().nullable(),
    }),
  ),
  /** Of all who are here. */
  onlineCount: z.int(),
  /** False: nobody can say for now, and everybody seems to be offline. */
  known: z.boolean(),
});

export const heartbeatSchema = z.strictObject({
  /** As the stream said in its `open`. */
  streamId: idSchema,
  /** `away`: none of the browser's tabs is looked at. */
  state: z.enum(["online", "away"]),
});
