import type { z } from "zod";
import { callApi } from "@/app/_data/call-api";
import type { newPostSchema, Post, PostPage } from "@/lib/schemas/post";

/** @param authorId  null: the feed */
export function fetchPosts(cursor: string, authorId: string | null, signal: AbortSignal) {
  const query = new URLSearchParams(authorId === null ? { cursor } : { cursor, authorId });
  return callApi<PostPage>(`/api/posts?${query.toString()}`, { signal });
}

export function createPost(body: z.output<typeof newPostSchema>) {
  return callApi<{ post: Post }>("/api/posts", { method: "POST", body, repeatable: true });
}

/** Gives a post whose track failed another one. Safe to repeat. */
export function replaceTrack(postId: string, audioFileId: string) {
  return callApi<{ post: Post }>(`/api/posts/${postId}`, { method: "PATCH", body: { audioFileId } });
}
