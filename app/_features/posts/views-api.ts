import { callApi } from "@/app/_data/call-api";

export function sendView(postId: string) {
  return callApi("/api/posts/view", "viewed", { method: "POST", body: { postId } });
}

/** Maximum number of posts in one API call. */
export const MAX_BATCH_SIZE = 100;

export function sendViewsBatch(postIds: string[]) {
  // Always keepalive: the request may be in flight when the user leaves.
  return callApi("/api/posts/views-batch", "viewedBatch", {
    method: "POST",
    body: { postIds },
    keepalive: true,
  });
}

export function syncViews() {
  return callApi("/api/posts/sync-views", "synced", { method: "POST", body: {} });
}
