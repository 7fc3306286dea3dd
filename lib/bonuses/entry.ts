import { z } from "zod";
import { entrySchema } from "../schemas/bonus";

/** A row as Postgres returns it in JSON, with the owner's id for internal checks. */
export const entryRowSchema = entrySchema.extend({
  userId: z.uuid(),
  /** Postgres writes the UTC offset as digits, the API writes `Z`. */
  createdAt: z.string().transform((at) => new Date(at).toISOString()),
});
