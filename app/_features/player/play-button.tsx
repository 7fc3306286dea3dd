"use client";

import { LoaderCircle, Pause, Play } from "lucide-react";
import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { isolate } from "@/lib/schemas/isolate";
import { pagePlayer } from "./page-player";
import type { PlayerTrack } from "./player-track";
import { usePlayback } from "./use-player";

const SIZES = {
  small: { button: "size-11", icon: "size-5" },
  medium: { button: "size-14", icon: "size-6" },
  large: { button: "size-18 sm:size-20", icon: "size-8" },
} as const;

interface Props {
  track: PlayerTrack;
  /** What plays afterwards, read when the button is pressed; without it the queue goes on. */
  following?: () => readonly PlayerTrack[];
  size?: keyof typeof SIZES;
  tabIndex?: number | undefined;
  className?: string;
}

/** Plays and pauses one track. It lies over the link that covers a card. */
export function PlayButton({ track, following, size = "small", tabIndex, className }: Props) {
  const t = useTranslations("player");
  const playback = usePlayback(track.key);
  const isOn = playback !== null && playback !== "paused";
  const toggle = () =>
    isOn ? pagePlayer.control((player) => player.pause()) : pagePlayer.play(track, following?.());
  return (
    <button
      type="button"
      tabIndex={tabIndex}
      onClick={toggle}
      onPointerEnter={pagePlayer.preload}
      aria-label={t(isOn ? "pause" : "play", { name: isolate(track.title) })}
      className={cn(
        "relative z-10 flex shrink-0 items-center justify-center rounded-full bg-accent text-on-accent",
        "transition-transform duration-150 hover:scale-105 active:scale-95 motion-reduce:transform-none",
        SIZES[size].button,
        className,
      )}
    >
      <PlaybackIcon status={playback} className={SIZES[size].icon} />
    </button>
  );
}

/** What a button that plays and pauses shows. */
export function PlaybackIcon({
  status,
  className,
}: {
  status: ReturnType<typeof usePlayback>;
  className: string;
}) {
  if (status === "loading")
    return (
      <LoaderCircle className={cn(className, "animate-spin motion-reduce:animate-none")} aria-hidden="true" />
    );
  if (status === "playing") return <Pause className={cn(className, "fill-current")} aria-hidden="true" />;
  return <Play className={cn(className, "translate-x-[6%] fill-current")} aria-hidden="true" />;
}
