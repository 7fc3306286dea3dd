import { callApi } from "@/app/_data/call-api";

export function sendView(postId: string) {
  return callApi("/api/posts/view", "viewed", { method: "POST", body: { postId } });
}

/** What the API takes in one batch. */
export const MAX_BATCH_SIZE = 100;

export function sendViewsBatch(postIds: string[]) {
  // keepalive always: the batch may be on its way when the person leaves
  return callApi("/api/posts/views-batch", "viewedBatch", {
    method: "POST",
    body: { postIds },
    keepalive: true,
  });
}

export function syncViews() {
  return callApi("/api/posts/sync-views", "synced", { method: "POST", body: {} });
}
