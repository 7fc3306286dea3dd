import { z } from "zod";
import { isStorable, isVisible } from "../core/text";
import { pageQueryShape, pageSchema } from "./page";
import { visibleTextSchema } from "./text";

/** Input for a new post. */
export const newPostSchema = z.object({
  title: visibleTextSchema(120),
  text: z.string().trim().max(5_000).refine(isStorable).default(""),
  tags: z
    .array(
      z.string().trim().toLowerCase().min(1, { abort: true }).max(24).refine(isStorable).refine(isVisible),
    )
    .max(5)
    .default([])
    .transform((tags) => [...new Set(tags)]),
});

export const postSchema = z.object({
  id: z.uuid(),
  title: z.string(),
  text: z.string(),
  tags: z.array(z.string()),
  authorId: z.uuid(),
  authorName: z.string(),
  createdAt: z.iso.datetime(),
  /** The live count: the persisted count plus pending views. */
  viewsCount: z.number().int(),
});

export type Post = z.infer<typeof postSchema>;

/** The feed's query, and its response. */
export const postPageQuerySchema = z.object(pageQueryShape());

export const postPageSchema = pageSchema(postSchema);

export type PostPage = z.infer<typeof postPageSchema>;
