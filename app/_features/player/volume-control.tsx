"use client";

import { Volume1, Volume2, VolumeX } from "lucide-react";
import { useTranslations } from "next-intl";
import { type CSSProperties, useState } from "react";
import { cn } from "@/app/_ui/cn";
import { useMounted } from "@/app/_ui/use-mounted";
import { player } from "./player";
import { usePlayer } from "./use-player";

const STEP_PERCENT = 5;
const QUIET_PERCENT = 50;

/** Sound off and on, and the volume, except where the device alone decides it (iOS). */
export function VolumeControl({
  className,
  sliderClassName,
}: {
  className?: string;
  sliderClassName?: string;
}) {
  const t = useTranslations("playerBar");
  const muted = usePlayer((state) => state.muted);
  const volume = usePlayer((state) => state.volume);
  const hasVolume = useHasVolume();
  const percent = Math.round((muted ? 0 : volume) * 100);
  const Icon = percent === 0 ? VolumeX : percent <= QUIET_PERCENT ? Volume1 : Volume2;
  return (
    <div className={cn("flex items-center", className)}>
      <button
        type="button"
        onClick={() => player.toggleMuted()}
        aria-label={t(muted ? "unmute" : "mute")}
        className="flex size-11 items-center justify-center rounded-full text-muted transition-colors hover:text-ink"
      >
        <Icon className="size-5" aria-hidden="true" />
      </button>
      {hasVolume ? (
        <input
          type="range"
          min={0}
          max={100}
          step={STEP_PERCENT}
          value={percent}
          aria-label={t("volume")}
          aria-valuetext={t("percent", { percent })}
          onChange={({ currentTarget }) => player.setVolume(Number(currentTarget.value) / 100)}
          style={{ "--level": `${String(percent)}%` } as CSSProperties}
          className={cn("volume-slider w-24 cursor-pointer", sliderClassName)}
        />
      ) : null}
    </div>
  );
}

/** Whether a page may set the volume. */
function useHasVolume(): boolean {
  const isMounted = useMounted();
  const [canSet] = useState(() => {
    if (typeof Audio === "undefined") return true;
    const probe = new Audio();
    probe.volume = 0.5;
    return probe.volume === 0.5;
  });
  return !isMounted || canSet;
}
