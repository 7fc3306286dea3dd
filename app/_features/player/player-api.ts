import { callApi } from "@/app/_data/call-api";
import type { Post } from "@/lib/schemas/post";
import { fromPost, type PlayerTrack } from "./player-track";

type FetchedTrack = { state: "found"; track: PlayerTrack } | { state: "gone" } | { state: "unreachable" };

/** Fetches the current state of a post's track; `gone`: the post, or its sound, no longer exists. */
export async function fetchPlayerTrack(postId: string): Promise<FetchedTrack> {
  const result = await callApi<{ post: Post }>(`/api/posts/${postId}`);
  if (!result.ok) return { state: result.failure.code === "not_found" ? "gone" : "unreachable" };
  const track = fromPost(result.data.post);
  return track ? { state: "found", track } : { state: "gone" };
}
