import { fromPost, type PlayerTrack } from "@/app/_features/player/player-track";
import type { Post } from "@/lib/schemas/post";

/** The lists of the feed, or of a person's posts, that are on the page, by the position of their first post. */
const lists = new Map<number, readonly Post[]>();

/** Makes a list's posts part of what plays after one of the feed. @returns takes them out */
export function addFeedPosts(startIndex: number, posts: readonly Post[]): () => void {
  lists.set(startIndex, posts);
  return () => {
    if (lists.get(startIndex) === posts) lists.delete(startIndex);
  };
}

/** The tracks that follow a post in the feed, without those that cannot be played. */
export function tracksAfter(postId: string): PlayerTrack[] {
  const posts = allPosts();
  const at = posts.findIndex(({ id }) => id === postId);
  return at < 0 ? [] : posts.slice(at + 1).flatMap((post) => fromPost(post) ?? []);
}

/** All tracks of the page that can be played, in its order. */
export function allTracks(): PlayerTrack[] {
  return allPosts().flatMap((post) => fromPost(post) ?? []);
}

function allPosts(): Post[] {
  return [...lists.entries()].sort(([a], [b]) => a - b).flatMap(([, list]) => list);
}
