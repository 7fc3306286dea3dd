import * as z from "zod/mini";
import { type ApiResult, callApi } from "./api";

const post = z.object({
  id: z.string(),
  title: z.string(),
  text: z.string(),
  tags: z.array(z.string()),
  authorId: z.string(),
  authorName: z.string(),
  createdAt: z.string(),
  viewsCount: z.number(),
});

/** A post as pages show it. */
export type PostItem = z.infer<typeof post>;

const page = z.object({ items: z.array(post), nextCursor: z.nullable(z.string()) });

export type PostPage = z.infer<typeof page>;

export function fetchPosts(cursor: string, signal: AbortSignal): Promise<ApiResult<PostPage>> {
  return callApi(`/api/posts?${new URLSearchParams({ cursor }).toString()}`, page, { signal });
}

const created = z.object({ post: z.object({ id: z.string() }) });

export function createPost(body: { title: string; text: string; tags: string[] }) {
  return callApi("/api/posts", created, { method: "POST", body });
}
