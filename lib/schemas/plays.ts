import { z } from "zod";

/** Response to a play that was recorded, also when it had been recorded before. */
export const playResponseSchema = z.object({
  /** The live count of plays. */
  playsCount: z.number().int(),
});

export type PlayedPost = z.infer<typeof playResponseSchema>;
