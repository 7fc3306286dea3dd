"use client";

import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { formatDuration } from "@/app/_ui/format-duration";
import { PlayButton } from "./play-button";
import type { PlayerTrack } from "./player-track";
import { SeekBar, usePosition } from "./seek-bar";

/** A post's track on its own page: a large play button and the whole waveform. */
export function TrackPanel({
  track,
  label,
  className,
}: {
  track: PlayerTrack;
  label: string;
  className?: string;
}) {
  const { at, length, isCurrent } = usePosition(track);
  return (
    <section aria-label={label} className={cn("flex items-center gap-4 sm:gap-6", className)}>
      <PlayButton track={track} size="large" />
      <div className="min-w-0 flex-1">
        <SeekBar track={track} className="h-16 sm:h-20" />
        <p className="tabular mt-1 flex justify-between text-xs text-muted" aria-hidden="true">
          <span>{isCurrent ? formatDuration(at) : label}</span>
          <span>{length === null ? "" : formatDuration(length)}</span>
        </p>
      </div>
    </section>
  );
}

/** Stands in for a track while it is processed. */
export function ProcessingTrack({ seed }: { seed: string }) {
  const t = useTranslations("player");
  return (
    <div role="status" className="flex items-center gap-4 sm:gap-6">
      <span aria-hidden="true" className="dancing flex h-11 items-end gap-1.5 text-mark">
        {["h-5", "h-9", "h-7", "h-11", "h-6"].map((height, index) => (
          <span
            key={`${seed}${height}`}
            className={cn("w-2 rounded-full bg-current", height, index % 2 && "opacity-60")}
          />
        ))}
      </span>
      <p className="min-w-0">
        <span className="block font-semibold">{t("processing")}</span>
        <span className="block text-sm text-muted">{t("processingText")}</span>
      </p>
    </div>
  );
}
