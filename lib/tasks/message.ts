import { z } from "zod";

/** What a message carries: a task's row has the rest, or the payload itself where there is no row. */

const taskMessageSchema = z.object({
  queue: z.string(),
  taskId: z.uuid(),
  generation: z.int().positive(),
});

const bestEffortMessageSchema = z.object({
  queue: z.string(),
  version: z.int(),
  payload: z.unknown(),
});

export const messageSchema = z.union([taskMessageSchema, bestEffortMessageSchema]);

/** Of a guaranteed task. */
export type TaskMessage = z.infer<typeof taskMessageSchema>;
/** Of best-effort work. */
export type BestEffortMessage = z.infer<typeof bestEffortMessageSchema>;
