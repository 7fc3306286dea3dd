"use client";

import { useTranslations } from "next-intl";
import { useWatchedPostSound } from "@/app/_data/post-sounds";
import { fromPost } from "@/app/_features/player/player-track";
import { ProcessingTrack, TrackPanel } from "@/app/_features/player/track-panel";
import { TrackProblem } from "@/app/_features/player/track-problem";
import type { Post } from "@/lib/schemas/post";

/** The sound of a post on its page: to be played, being prepared, or, for its author, what went wrong. */
export function PostTrack({ post, isOwn }: { post: Post; isOwn: boolean }) {
  const t = useTranslations("player");
  const sound = useWatchedPostSound(post);
  const track = fromPost({ ...post, ...sound });
  if (track)
    return (
      <div className="mt-7">
        <TrackPanel track={track} label={t("track")} />
      </div>
    );
  if (sound.track?.status === "processing")
    return (
      <div className="mt-7">
        <ProcessingTrack seed={post.id} />
      </div>
    );
  if (sound.track?.status === "failed" && isOwn)
    return (
      <div className="mt-7">
        <TrackProblem problem={sound.track.problem} />
      </div>
    );
  return null;
}
