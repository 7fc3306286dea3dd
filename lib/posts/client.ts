import { z } from "zod";
import { isStorable, isVisible } from "../core/text";

/** Schema that the form and the API share. Safe to import in the browser. */
export const newPostSchema = z.object({
  title: z.string().trim().min(1, { abort: true }).max(120).refine(isStorable).refine(isVisible),
  text: z.string().trim().max(5_000).refine(isStorable).default(""),
  tags: z
    .array(
      z.string().trim().toLowerCase().min(1, { abort: true }).max(24).refine(isStorable).refine(isVisible),
    )
    .max(5)
    .default([])
    .transform((tags) => [...new Set(tags)]),
});

export type NewPost = z.input<typeof newPostSchema>;
