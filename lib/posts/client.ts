import { z } from "zod";

/** What the form and the API both hold to. Safe to import in the browser. */
export const newPostSchema = z.object({
  title: z.string().trim().min(1).max(120),
  text: z.string().trim().max(5_000).default(""),
  tags: z
    .array(z.string().trim().toLowerCase().min(1).max(24))
    .max(5)
    .default([])
    .transform((tags) => [...new Set(tags)]),
});

export type NewPost = z.input<typeof newPostSchema>;
