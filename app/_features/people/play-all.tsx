"use client";

import { useTranslations } from "next-intl";
import { PlaybackIcon } from "@/app/_features/player/play-button";
import { player } from "@/app/_features/player/player";
import { fromPost } from "@/app/_features/player/player-track";
import { usePlaybackOfAll } from "@/app/_features/player/use-player";
import { allTracks } from "@/app/_features/posts/feed/feed-queue";
import { Button } from "@/app/_ui/button";
import type { Post } from "@/lib/schemas/post";

/** Plays the tracks that are on the page, one after the other; nothing where there are none. */
export function PlayAll({ posts }: { posts: readonly Post[] }) {
  const t = useTranslations("person");
  const keys = posts.flatMap((post) => fromPost(post)?.key ?? []);
  const playback = usePlaybackOfAll(keys);
  if (keys.length === 0) return null;
  const isOn = playback !== null && playback !== "paused";
  const toggle = () => {
    if (isOn) player.pause();
    else if (playback === "paused") player.resume();
    else player.playAll(allTracks());
  };
  return (
    <Button size="large" onClick={toggle}>
      <PlaybackIcon status={playback} className="size-5" />
      {t(isOn ? "pause" : "playAll")}
    </Button>
  );
}
