import type { z } from "zod";
import { callApi } from "@/app/_data/call-api";
import type { newPostSchema, Post, PostPage, postChangesSchema } from "@/lib/schemas/post";

/** @param filter  empty: the feed */
export function fetchPosts(
  cursor: string,
  filter: { authorId: string } | { tag: string } | Record<string, never>,
  signal: AbortSignal,
) {
  const query = new URLSearchParams({ cursor, ...filter });
  return callApi<PostPage>(`/api/posts?${query.toString()}`, { signal });
}

export function createPost(body: z.output<typeof newPostSchema>) {
  return callApi<{ post: Post }>("/api/posts", { method: "POST", body, repeatable: true });
}

/** Changes one's own post. Safe to repeat. */
export function editPost(postId: string, body: z.output<typeof postChangesSchema>) {
  return callApi<{ post: Post }>(`/api/posts/${postId}`, { method: "PATCH", body });
}

export function deletePost(postId: string) {
  return callApi<{ deleted: true }>(`/api/posts/${postId}`, { method: "DELETE" });
}
