"use client";

import { useTranslations } from "next-intl";
import { usePostSound } from "@/app/_data/post-sounds";
import { PlayButton } from "@/app/_features/player/play-button";
import { fromPost } from "@/app/_features/player/player-track";
import type { Post } from "@/lib/schemas/post";
import { tracksAfter } from "./feed-queue";

interface Props {
  post: Post;
  size: "small" | "medium";
  className: string;
}

/** A card's play button: what follows in the feed follows in the queue. Its place is over the cover. */
export function CardPlay({ post, size, className }: Props) {
  const t = useTranslations("player");
  const sound = usePostSound(post);
  const track = fromPost({ ...post, ...sound });
  if (track)
    return (
      <PlayButton
        track={track}
        following={() => tracksAfter(post.id)}
        size={size}
        className={`absolute shadow-[0_0.25rem_1rem_oklch(0_0_0/0.35)] ${className}`}
      />
    );
  if (sound.track?.status !== "processing") return null;
  return (
    <span className="pointer-events-none absolute bottom-2 left-2 max-w-[calc(100%-1rem)] truncate rounded-full bg-ground/85 px-2.5 py-1 text-xs font-medium text-ink backdrop-blur">
      {t("processingShort")}
    </span>
  );
}
