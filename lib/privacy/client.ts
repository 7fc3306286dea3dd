import { z } from "zod";

/** What the form and the API both hold to. Safe to import in the browser. */
export const deletionSchema = z.object({ password: z.string().min(1).max(128) });
