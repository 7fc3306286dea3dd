import { z } from "zod";

/** A file as the API returns it. */
export const fileSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  type: z.string(),
  bytes: z.int(),
  /** Of an image, in pixels, as displayed. */
  width: z.int().nullable(),
  height: z.int().nullable(),
});

export type FileView = z.infer<typeof fileSchema>;
