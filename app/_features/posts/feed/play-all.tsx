"use client";

import { useTranslations } from "next-intl";
import { pagePlayer } from "@/app/_features/player/page-player";
import { PlaybackIcon } from "@/app/_features/player/play-button";
import { usePlaybackOfAll } from "@/app/_features/player/use-player";
import { Button } from "@/app/_ui/button";
import { allTracks } from "./feed-queue";

/** Plays the tracks that are on the page, one after the other. `trackKeys`: of the first of them (`postTrackKeys`). */
export function PlayAll({ trackKeys }: { trackKeys: readonly string[] }) {
  const t = useTranslations("postList");
  const playback = usePlaybackOfAll(trackKeys);
  const isOn = playback !== null && playback !== "paused";
  const toggle = () => {
    if (isOn) pagePlayer.control((player) => player.pause());
    else if (playback === "paused") pagePlayer.control((player) => player.resume());
    else pagePlayer.playAll(allTracks());
  };
  return (
    <Button size="large" onClick={toggle} onPointerEnter={pagePlayer.preload}>
      <PlaybackIcon status={playback} className="size-5" />
      {t(isOn ? "pause" : "playAll")}
    </Button>
  );
}
