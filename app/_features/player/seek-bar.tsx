"use client";

import { useTranslations } from "next-intl";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { cn } from "@/app/_ui/cn";
import { formatDuration } from "@/app/_ui/format-duration";
import { isolate } from "@/lib/schemas/isolate";
import { pagePlayer } from "./page-player";
import type { PlayerTrack } from "./player-track";
import { SEEK_STEP_SECONDS } from "./seek-step";
import { selectTrack, usePlayer } from "./use-player";
import { Waveform } from "./waveform";

/** Position and length of a track, as far as they are known. */
export function usePosition(track: PlayerTrack): { at: number; length: number | null; isCurrent: boolean } {
  const isCurrent = usePlayer((state) => selectTrack(state)?.key === track.key);
  const at = usePlayer((state) => (isCurrent ? state.positionSeconds : 0));
  const length = usePlayer((state) => (isCurrent ? state.durationSeconds : null)) ?? track.durationSeconds;
  return { at, length, isCurrent };
}

interface Props {
  track: PlayerTrack;
  tabIndex?: number | undefined;
  className?: string;
}

/**
 * A track's waveform, and a slider over it. Dragging shows where it would go and seeks when it is released, so that a
 * drag costs one request. On a track that is not the current one, a click plays it from there, and the keyboard has the
 * play button.
 */
export function SeekBar({ track, tabIndex, className }: Props) {
  const t = useTranslations("player");
  const { at, length, isCurrent } = usePosition(track);
  const [dragged, setDragged] = useState<number | null>(null);
  const slider = useRef<HTMLInputElement>(null);
  const position = dragged ?? at;
  const max = length !== null && length > 0 ? length : 1;

  useEffect(() => {
    const input = slider.current;
    if (!input) return;
    // The browser's own event at the end of a drag; React's `onChange` is each movement.
    const onRelease = () => {
      setDragged(null);
      const seconds = Number(input.value);
      if (isCurrent) pagePlayer.control((player) => player.seek(seconds));
      else pagePlayer.play(track, undefined, seconds);
    };
    input.addEventListener("change", onRelease);
    return () => input.removeEventListener("change", onRelease);
  }, [isCurrent, track]);

  const onKeyDown = (event: KeyboardEvent) => {
    const direction = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (direction === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // The browser's own steps depend on the length.
    event.preventDefault();
    pagePlayer.control((player) => player.seekBy(direction * SEEK_STEP_SECONDS));
  };

  return (
    <div className={cn("relative", className)}>
      <Waveform
        peaksUrl={track.peaksUrl}
        seed={track.artId}
        progress={length ? Math.min(1, position / max) : 0}
      />
      <input
        ref={slider}
        type="range"
        data-player-seek=""
        tabIndex={isCurrent ? tabIndex : -1}
        min={0}
        max={max}
        step="any"
        value={Math.min(position, max)}
        disabled={length === null}
        aria-label={t("position", { name: isolate(track.title) })}
        aria-valuetext={t("positionOf", {
          at: formatDuration(position),
          length: formatDuration(length ?? 0),
        })}
        onChange={({ currentTarget }) => setDragged(Number(currentTarget.value))}
        onKeyDown={isCurrent ? onKeyDown : undefined}
        className="seek-slider absolute inset-0 z-10 size-full cursor-pointer rounded-md disabled:cursor-default"
      />
    </div>
  );
}

/** `0:42 / 3:07`, or the length alone before it plays. */
export function PositionText({ track, className }: { track: PlayerTrack; className?: string }) {
  const { at, length, isCurrent } = usePosition(track);
  const parts = [isCurrent ? formatDuration(at) : null, length === null ? null : formatDuration(length)];
  return (
    <span className={cn("tabular", className)} aria-hidden="true">
      {parts.filter((part) => part !== null).join(" / ")}
    </span>
  );
}
