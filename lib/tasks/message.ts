import { z } from "zod";

/** Body of a QStash message: a reference to a task's row, or the payload itself where there is no row. */

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

export type TaskMessage = z.infer<typeof taskMessageSchema>;
export type BestEffortMessage = z.infer<typeof bestEffortMessageSchema>;
