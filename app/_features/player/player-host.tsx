"use client";

import dynamic from "next/dynamic";
import { useEffect, useEffectEvent, useRef } from "react";
import { withOnDemandMessages } from "@/app/i18n/on-demand-messages";
import { player } from "./player";
import { PlayerKeys } from "./player-keys";
import { selectTrack, usePlayer } from "./use-player";

// Loaded with the first track that is played or restored.
const PlayerBar = dynamic(
  () => withOnDemandMessages(import("./player-bar").then((module) => module.PlayerBar)),
  { ssr: false },
);

/** The player of all pages: the one audio element, which outlives them, its keys and its bar. Rendered in the shell. */
export function PlayerHost({ viewerId }: { viewerId: string | null }) {
  const track = usePlayer(selectTrack);
  const audio = useRef<HTMLAudioElement>(null);
  const attach = useEffectEvent(() => (audio.current ? player.attach(audio.current, viewerId) : undefined));
  useEffect(() => attach(), []);
  useEffect(() => player.setViewer(viewerId), [viewerId]);
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: music has no captions */}
      <audio ref={audio} preload="none" data-player="" />
      <PlayerKeys />
      {track ? <PlayerBar track={track} /> : null}
    </>
  );
}
