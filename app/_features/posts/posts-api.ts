import type { z } from "zod";
import { callApi } from "@/app/_data/call-api";
import type { newPostSchema, Post, PostPage } from "@/lib/schemas/post";

export function fetchPosts(cursor: string, signal: AbortSignal) {
  return callApi<PostPage>(`/api/posts?${new URLSearchParams({ cursor }).toString()}`, { signal });
}

export function createPost(body: z.output<typeof newPostSchema>) {
  return callApi<{ post: Post }>("/api/posts", { method: "POST", body, repeatable: true });
}

/** Gives a post whose track failed another one. Safe to repeat. */
export function replaceTrack(postId: string, audioFileId: string) {
  return callApi<{ post: Post }>(`/api/posts/${postId}`, { method: "PATCH", body: { audioFileId } });
}
