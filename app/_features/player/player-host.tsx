"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { onDemand } from "@/app/_ui/on-demand";
import { withOnDemandMessages } from "@/app/i18n/on-demand-messages";
import { pagePlayer } from "./page-player";
import { selectTrack, usePlayer } from "./use-player";

// Loaded with the first track that is played or restored.
const PlayerBar = onDemand(() =>
  withOnDemandMessages(import("./player-bar").then((module) => module.PlayerBar)),
);

/** The player of all pages: the one audio element, which outlives them, its announcer and its bar. Rendered in the shell. */
export function PlayerHost({ viewerId }: { viewerId: string | null }) {
  const track = usePlayer(selectTrack);
  const [announcement, setAnnouncement] = useState("");
  const audio = useRef<HTMLAudioElement>(null);
  const attach = useEffectEvent(() =>
    audio.current ? pagePlayer.attach(audio.current, viewerId) : undefined,
  );
  useEffect(() => attach(), []);
  useEffect(() => pagePlayer.setViewer(viewerId), [viewerId]);
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: music has no captions */}
      <audio ref={audio} preload="none" data-player="" />
      {/* Outlives the bar: screen readers announce what is added to a region that they know. */}
      <p role="status" data-player-announcer="" className="sr-only">
        {announcement}
      </p>
      {track ? <PlayerBar track={track} announce={setAnnouncement} /> : null}
    </>
  );
}
