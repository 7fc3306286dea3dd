import { z } from "zod";
import { isStorable } from "../core/text";
import { TaskState } from "../schemas/enums";
import { idSchema } from "../schemas/id";

const text = z.string().trim().min(1).max(200).refine(isStorable);

export const taskFilterSchema = z.object({
  queue: text.optional(),
  state: z.enum(TaskState).optional(),
  /** Of the person who started them. */
  owner: idSchema.optional(),
  /** The id of a task, of the person who started it, or of the order, post or file it is about. */
  about: idSchema.optional(),
  /** What they are about, such as `order:{id}`. */
  subject: text.optional(),
  /** Part of the last error; finished tasks are not searched. */
  error: text.optional(),
  /** When they were enqueued. */
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  /** Id of the previous page's last task. */
  cursor: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
});

/** Which dead tasks; the state is given. */
export const redriveFilterSchema = taskFilterSchema.omit({ state: true, cursor: true, limit: true });

export type RedriveFilter = z.input<typeof redriveFilterSchema>;
export type TaskFilter = z.input<typeof taskFilterSchema>;
export type ParsedTaskFilter = Omit<z.output<typeof taskFilterSchema>, "limit">;
