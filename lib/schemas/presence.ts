import { z } from "zod";
import { idSchema } from "./id";

const MAX_USERS = 100;

export const presenceQuerySchema = z.object({
  /** A repeated parameter, or one with commas; 100 ids at most. */
  userIds: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .transform((values) => [...new Set([values].flat().flatMap((text) => text.split(",")))].filter(Boolean))
    .pipe(z.array(idSchema).max(MAX_USERS)),
});

/** `away`: the user has open streams, but none of their tabs is visible. */
export const presenceStateSchema = z.enum(["online", "away", "offline"]);
export type PresenceState = z.infer<typeof presenceStateSchema>;

/** A user's presence as other users see it. */
export const presenceSchema = z.object({
  userId: z.uuid(),
  state: presenceStateSchema,
  /** The last heartbeat of a user who is online or away. Null: more than a day ago, never, or hidden. */
  lastSeenAt: z.iso.datetime().nullable(),
});

export type Presence = z.infer<typeof presenceSchema>;

export const presencesSchema = z.object({
  /** In the order of the requested ids. */
  items: z.array(presenceSchema),
  /** All users who are online or away. */
  onlineCount: z.int(),
  /** False when Redis is unavailable: every user is then reported as offline. */
  known: z.boolean(),
});

export type PresenceList = z.infer<typeof presencesSchema>;

/** The answer to a heartbeat of the event stream. */
export const heartbeatAnswerSchema = z.strictObject({
  /** From the stream's `open` event. */
  answerToken: z.string().max(100),
});

export const presenceReportSchema = z.strictObject({
  /** From the stream's `open` event. */
  streamId: idSchema,
  /** `away`: none of the browser's tabs is visible. */
  state: presenceStateSchema.exclude(["offline"]),
});
