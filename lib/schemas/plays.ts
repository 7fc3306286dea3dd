import { z } from "zod";

/** Response to a play: the live count of the post's plays, with this one. */
export const playResponseSchema = z.object({ playsCount: z.int() });

export type PlayResponse = z.infer<typeof playResponseSchema>;

/** How many UTC days, the current one included. */
export const playsByDayQuerySchema = z.object({ days: z.coerce.number().int().min(1).max(365).default(30) });

/** Plays that Postgres has, oldest day first; days without a play are in it. */
export const playsByDaySchema = z.object({
  items: z.array(z.object({ day: z.iso.date(), plays: z.int() })),
});

export type PlaysByDay = z.infer<typeof playsByDaySchema>;
