import { callApi, type ResponseBody } from "@/app/_data/call-api";

export type PostPage = ResponseBody<"postPage">;

/** A post in the shape that pages show. */
export type PostItem = PostPage["items"][number];

export function fetchPosts(cursor: string, signal: AbortSignal) {
  return callApi(`/api/posts?${new URLSearchParams({ cursor }).toString()}`, "postPage", { signal });
}

export function createPost(body: { title: string; text: string; tags: string[] }) {
  return callApi("/api/posts", "createdPost", { method: "POST", body });
}
