import { z } from "zod";
import { TaskState } from "./enums";

export const progressSchema = z.object({
  done: z.number(),
  total: z.number(),
  note: z.string().optional(),
});

/** A task as its owner and administrators see it; without its payload. */
export const taskSchema = z.object({
  id: z.uuid(),
  queue: z.string(),
  state: z.enum(TaskState),
  attempts: z.int(),
  progress: progressSchema.nullable(),
  /** QStash's id of the last message. */
  messageId: z.string().nullable(),
  /** The last error; administrators only. */
  error: z.string().nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});

export type TaskView = z.infer<typeof taskSchema>;
