import { callApi } from "@/app/_data/call-api";
import type { PlayResponse } from "@/lib/schemas/plays";

export function sendPlay(postId: string) {
  // Keepalive: the listener may leave at any time.
  return callApi<PlayResponse>(`/api/posts/${postId}/play`, { method: "POST", body: {}, keepalive: true });
}
