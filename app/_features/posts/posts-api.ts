import { callApi } from "@/app/_data/call-api";
import type { Post, PostPage } from "@/lib/schemas/post";

export function fetchPosts(cursor: string, signal: AbortSignal) {
  return callApi<PostPage>(`/api/posts?${new URLSearchParams({ cursor }).toString()}`, { signal });
}

export function createPost(body: { title: string; text: string; tags: string[] }) {
  return callApi<{ post: Post }>("/api/posts", { method: "POST", body, repeatable: true });
}
