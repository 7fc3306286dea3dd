import { z } from "zod";
import { idSchema } from "./id";

interface PageLimits {
  max: number;
  default: number;
}

/** The query of a list that is paged by id. */
export const pageQueryShape = (limits: PageLimits = { max: 50, default: 20 }) => ({
  /** Id of the previous page's last item. */
  cursor: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(limits.max).default(limits.default),
});

/** A page of a list that is paged by id. */
export const pageSchema = <S extends z.ZodType>(itemSchema: S) =>
  z.object({ items: z.array(itemSchema), nextCursor: z.uuid().nullable() });
