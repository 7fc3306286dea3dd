import type { z } from "zod";
import { presenceStateSchema } from "../realtime";

export const stateSchema = presenceStateSchema;

/** `away`: the user has open streams, but none of their tabs is visible. */
export type PresenceState = z.infer<typeof stateSchema>;
