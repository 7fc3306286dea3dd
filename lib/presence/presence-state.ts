import type { z } from "zod";
import { presenceStateSchema } from "../realtime";

export const stateSchema = presenceStateSchema;

/** `away`: here, but in none of their windows. */
export type PresenceState = z.infer<typeof stateSchema>;
