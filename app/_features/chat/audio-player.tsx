"use client";

import { Pause, Play } from "lucide-react";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { seededRandom } from "@/app/_art/random";
import { isolate } from "@/lib/schemas/isolate";
import type { FileView } from "@/lib/schemas/media-file";

const BARS = 42;
/** One press of an arrow key moves the position by this much. */
const STEP_SECONDS = 1;

/** `3:07` */
function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  return `${String(Math.floor(whole / 60))}:${String(whole % 60).padStart(2, "0")}`;
}

/** An audio attachment. The bars are generated from its id, as covers are; they do not show the loudness. */
export function AudioPlayer({ file, tabIndex }: { file: FileView; tabIndex: number }) {
  const t = useTranslations("chat");
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [position, setPosition] = useState(0);
  const [duration, setDuration] = useState(0);
  const random = seededRandom(`sound:${file.id}`);
  const bars = Array.from(
    { length: BARS },
    (_, n) => 0.25 + 0.75 * random() * Math.sin(((n + 1) / BARS) * Math.PI) ** 0.5,
  );
  const progress = duration > 0 ? position / duration : 0;
  const toggle = () => {
    const element = audio.current;
    if (!element) return;
    if (element.paused) void element.play().catch(() => setPlaying(false));
    else element.pause();
  };
  return (
    <div className="my-1.5 grid w-80 max-w-full grid-cols-[auto_minmax(0,1fr)] items-center gap-x-3">
      {/* biome-ignore lint/a11y/useMediaCaption: uploaded audio has no captions */}
      <audio
        ref={audio}
        src={`/api/media/${file.id}`}
        preload="metadata"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={({ currentTarget }) => setPosition(currentTarget.currentTime)}
        onLoadedMetadata={({ currentTarget }) => setDuration(currentTarget.duration)}
        onDurationChange={({ currentTarget }) => setDuration(currentTarget.duration)}
      />
      <button
        type="button"
        tabIndex={tabIndex}
        onClick={toggle}
        aria-label={t(playing ? "pause" : "play", { name: isolate(file.name) })}
        className="row-span-2 flex size-11 items-center justify-center rounded-full bg-accent text-on-accent"
      >
        {playing ? (
          <Pause className="size-5 fill-current" aria-hidden="true" />
        ) : (
          <Play className="ml-0.5 size-5 fill-current" aria-hidden="true" />
        )}
      </button>
      <div className="relative h-8">
        <svg
          viewBox={`0 0 ${String(BARS * 3)} 20`}
          preserveAspectRatio="none"
          aria-hidden="true"
          className="size-full"
        >
          {bars.map((height, n) => (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: bars never change their order
              key={n}
              x={n * 3}
              y={10 - height * 9}
              width="1.8"
              height={height * 18}
              rx="0.9"
              className={n / BARS < progress ? "fill-tint-text" : "fill-ink/25"}
            />
          ))}
        </svg>
        <input
          type="range"
          tabIndex={tabIndex}
          min={0}
          max={Number.isFinite(duration) && duration > 0 ? duration : 1}
          step={STEP_SECONDS}
          value={position}
          aria-label={t("position", { name: isolate(file.name) })}
          aria-valuetext={t("positionOf", { at: formatDuration(position), length: formatDuration(duration) })}
          onChange={({ currentTarget: { value } }) => {
            const element = audio.current;
            if (element) element.currentTime = Number(value);
            setPosition(Number(value));
          }}
          className="absolute inset-0 size-full cursor-pointer opacity-0 focus-visible:opacity-100"
        />
      </div>
      <p className="tabular flex min-w-0 justify-between gap-3 text-xs text-muted">
        <bdi className="truncate">{file.name}</bdi>
        <span className="shrink-0">
          {playing || position > 0 ? formatDuration(position) : formatDuration(duration)}
        </span>
      </p>
    </div>
  );
}
