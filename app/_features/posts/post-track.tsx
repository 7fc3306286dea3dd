"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { useWatchedPostSound } from "@/app/_data/post-sounds";
import { fromPost } from "@/app/_features/player/player-track";
import { ProcessingTrack, TrackPanel } from "@/app/_features/player/track-panel";
import type { Post } from "@/lib/schemas/post";

/**
 * The sound of a post on its page: to be played, or being prepared.
 * @param ownTrack  what its author sees until it can be played
 */
export function PostTrack({ post, ownTrack }: { post: Post; ownTrack: ReactNode }) {
  const t = useTranslations("player");
  const sound = useWatchedPostSound(post);
  const track = fromPost({ ...post, ...sound });
  if (track)
    return (
      <div className="mt-7">
        <TrackPanel track={track} label={t("track")} />
      </div>
    );
  if (ownTrack) return ownTrack;
  if (sound.track?.status === "processing")
    return (
      <div className="mt-7">
        <ProcessingTrack seed={post.id} />
      </div>
    );
  return null;
}
