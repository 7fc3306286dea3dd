"use client";

import { useEffect, useEffectEvent, useRef } from "react";
import { connectMediaSession } from "./media-session";
import { player } from "./player";
import { PlayerBar } from "./player-bar";
import { PlayerKeys } from "./player-keys";

const findDrawnCover = () => document.querySelector<SVGElement>("[data-player-art] svg");

/** The player of all pages: the one audio element, which outlives them, its keys and its bar. Rendered in the shell. */
export function PlayerHost({ viewerId }: { viewerId: string | null }) {
  const audio = useRef<HTMLAudioElement>(null);
  const attach = useEffectEvent(() => (audio.current ? player.attach(audio.current, viewerId) : undefined));
  useEffect(() => attach(), []);
  useEffect(() => player.setViewer(viewerId), [viewerId]);
  useEffect(() => connectMediaSession(player, findDrawnCover), []);
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: music has no captions */}
      <audio ref={audio} preload="none" data-player="" />
      <PlayerKeys />
      <PlayerBar />
    </>
  );
}
