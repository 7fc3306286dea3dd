import { callApi } from "@/app/_data/call-api";
import type { ViewedPost, ViewedPosts } from "@/lib/schemas/views";

export function sendView(postId: string) {
  return callApi<ViewedPost>("/api/posts/view", { method: "POST", body: { postId } });
}

export function sendViewsBatch(postIds: string[]) {
  // Always keepalive: the request may be in flight when the user leaves.
  return callApi<ViewedPosts>("/api/posts/views-batch", {
    method: "POST",
    body: { postIds },
    keepalive: true,
  });
}
