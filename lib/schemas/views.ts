import { z } from "zod";
import { idSchema } from "./id";
import { MAX_VIEWED_POSTS } from "./limits";

export const viewPostSchema = z.object({ postId: idSchema });
export const viewPostResponseSchema = z.object({ message: z.string(), viewsCount: z.number().int() });

export const viewPostsSchema = z.object({ postIds: z.array(idSchema).max(MAX_VIEWED_POSTS) });
export const viewPostsResponseSchema = z.object({
  message: z.string(),
  processedCount: z.number().int(),
  /** Posts newly counted. */
  postIds: z.array(z.uuid()),
});

export const syncResponseSchema = z.object({ message: z.string(), syncedPosts: z.number().int() });

export type ViewedPost = z.infer<typeof viewPostResponseSchema>;
export type ViewedPosts = z.infer<typeof viewPostsResponseSchema>;
export type ViewSync = z.infer<typeof syncResponseSchema>;
