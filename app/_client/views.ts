import * as z from "zod/mini";
import { callApi } from "./api";

const viewed = z.object({ viewsCount: z.number() });

export function sendView(postId: string) {
  return callApi("/api/posts/view", viewed, { method: "POST", body: { postId } });
}

/** `postIds` are the posts for which the view was new. */
const viewedBatch = z.object({ processedCount: z.number(), postIds: z.array(z.string()) });

/** What the API takes in one batch. */
export const MAX_BATCH = 100;

export function sendViewsBatch(postIds: string[]) {
  // keepalive always: the batch may be on its way when the person leaves
  return callApi("/api/posts/views-batch", viewedBatch, {
    method: "POST",
    body: { postIds },
    keepalive: true,
  });
}

const synced = z.object({ message: z.string(), syncedPosts: z.number() });

export function syncViews() {
  return callApi("/api/posts/sync-views", synced, { method: "POST", body: {} });
}
