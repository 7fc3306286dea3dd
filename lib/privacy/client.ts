import { z } from "zod";

/** Schema that the form and the API share. Safe to import in the browser. */
export const deletionSchema = z.object({ password: z.string().min(1).max(128) });
