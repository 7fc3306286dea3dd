import type { FileView } from "@/lib/schemas/media-file";
import type { Post } from "@/lib/schemas/post";
import type { Product } from "@/lib/schemas/product";
import type { Cover, TrackView } from "@/lib/schemas/track";

/** What the player needs of a sound, wherever it is from. Stored as JSON, so it has nothing else. */
export interface PlayerTrack {
  /** Unique: `post:{id}`, `product:{id}` or `file:{id}`. */
  key: string;
  title: string;
  /** Null where no artist is named. */
  artist: string | null;
  /** Of the artist's page. Tracks that an older version saved have none. */
  artistHandle?: string | null;
  /** Path of the page that it is from. */
  href: string;
  /** Best first; never empty. */
  sources: TrackView["sources"];
  /** Null: the bars are generated, and do not show the loudness. */
  peaksUrl: string | null;
  durationSeconds: number | null;
  /** Seed of the generated cover, of the bars and of the colour. */
  artId: string;
  cover: Cover | null;
}

type PostFields = Pick<Post, "id" | "title" | "authorName" | "authorHandle" | "track" | "cover">;

/** The track of a post; null when it has none, or none that can be played yet. */
export function fromPost({
  id,
  title,
  authorName,
  authorHandle,
  track,
  cover,
}: PostFields): PlayerTrack | null {
  if (!isPlayable(track)) return null;
  return {
    key: `post:${id}`,
    title,
    artist: authorName,
    artistHandle: authorHandle,
    href: `/posts/${id}`,
    sources: track.sources,
    peaksUrl: track.peaksUrl,
    durationSeconds: track.durationSeconds,
    artId: id,
    cover,
  };
}

/** The keys of the tracks of posts that can be played. */
export function postTrackKeys(posts: readonly PostFields[]): string[] {
  return posts.flatMap((post) => fromPost(post)?.key ?? []);
}

type ProductFields = Pick<Product, "id" | "title" | "sellerName" | "sellerHandle" | "track" | "cover">;

/**
 * The preview of a product; null without one. Duration and waveform are those of the whole track, which is not what
 * plays, so neither is used.
 */
export function fromProduct({
  id,
  title,
  sellerName,
  sellerHandle,
  track,
  cover,
}: ProductFields): PlayerTrack | null {
  if (!isPlayable(track)) return null;
  return {
    key: `product:${id}`,
    title,
    artist: sellerName,
    artistHandle: sellerHandle,
    href: `/shop/${id}`,
    sources: track.sources,
    peaksUrl: null,
    durationSeconds: null,
    artId: id,
    cover,
  };
}

/** A sound in a chat. Only its members may read it, and our own route serves it. @param href  of the chat */
export function fromFile(
  { id, name, type }: Pick<FileView, "id" | "name" | "type">,
  href: string,
): PlayerTrack {
  return {
    key: `file:${id}`,
    title: name,
    artist: null,
    href,
    sources: [{ url: `/api/media/${id}`, type }],
    peaksUrl: null,
    durationSeconds: null,
    artId: id,
    cover: null,
  };
}

function isPlayable(track: TrackView | null): track is TrackView {
  return track?.status === "ready" && track.sources.some(({ url }) => url !== "");
}

/** The post whose plays a track counts for; null for previews and for sounds in chats. */
export function postIdOf({ key }: PlayerTrack): string | null {
  return key.startsWith("post:") ? key.slice("post:".length) : null;
}

/** Whether only some people may know of it, so that it must not outlive their session in this browser. */
export function isPrivate({ key }: PlayerTrack): boolean {
  return key.startsWith("file:");
}
