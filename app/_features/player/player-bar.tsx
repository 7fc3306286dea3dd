"use client";

import { ListMusic, SkipBack, SkipForward } from "lucide-react";
import { useTranslations } from "next-intl";
import { type RefObject, useEffect, useRef, useState } from "react";
import { CoverImage } from "@/app/_art/cover-image";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { cn } from "@/app/_ui/cn";
import { formatDuration } from "@/app/_ui/format-duration";
import { Link } from "@/app/_ui/link";
import { onDemand } from "@/app/_ui/on-demand";
import { PersonLink } from "@/app/_ui/person-link";
import { connectMediaSession } from "./media-session";
import { PlayButton } from "./play-button";
import { player } from "./player";
import { PlayerKeys } from "./player-keys";
import type { PlayerTrack } from "./player-track";
import { nextIndex } from "./queue";
import { RepeatButton } from "./repeat-button";
import { PositionText, SeekBar, usePosition } from "./seek-bar";
import { usePlayer } from "./use-player";
import { VolumeControl } from "./volume-control";

// Loaded when it is opened.
const QueuePanel = onDemand(() => import("./queue-panel").then((module) => module.QueuePanel));

/**
 * The bar at the bottom of every page, while there is a track. The system shows and controls it too, and so do keys.
 * @param announce  puts a text into the status region, which screen readers announce
 */
export function PlayerBar({ track, announce }: { track: PlayerTrack; announce: (text: string) => void }) {
  const t = useTranslations("playerBar");
  const bar = useRef<HTMLElement>(null);
  const [isQueueOpen, setIsQueueOpen] = useState(false);
  usePublishedHeight(bar);
  useEffect(() => connectMediaSession(player), []);
  return (
    <section
      ref={bar}
      aria-label={t("label")}
      data-player-bar=""
      style={tintStyle(track.artId)}
      className="player-bar tinted @container relative isolate animate-settle border-t border-line bg-ground/92 backdrop-blur-xl"
    >
      <PlayerKeys announce={announce} />
      {/* The cover's light, as on a page. */}
      <div
        aria-hidden="true"
        className="absolute inset-0 -z-10 bg-linear-to-r from-tint-strong/80 via-tint/40 to-transparent"
      />
      <div className="grid grid-cols-[minmax(0,1fr)_auto_auto] items-center gap-x-1 px-3 pt-1 pb-2 @2xl:grid-cols-[minmax(9rem,17rem)_auto_minmax(0,1fr)_auto] @2xl:gap-x-4 @2xl:px-5 @2xl:py-2.5">
        <CurrentTrack track={track} />
        <Transport track={track} />
        <Timeline track={track} />
        <div className="flex items-center">
          <RepeatButton className="@max-2xl:hidden" />
          <VolumeControl className="@max-2xl:hidden" sliderClassName="@max-4xl:hidden" />
          <button
            type="button"
            onClick={() => setIsQueueOpen(true)}
            aria-haspopup="dialog"
            aria-label={t("openQueue")}
            className="flex size-11 items-center justify-center rounded-full text-muted transition-colors hover:text-ink"
          >
            <ListMusic className="size-5.5" aria-hidden="true" />
          </button>
        </div>
      </div>
      {isQueueOpen ? <QueuePanel onClose={() => setIsQueueOpen(false)} /> : null}
    </section>
  );
}

function CurrentTrack({ track }: { track: PlayerTrack }) {
  return (
    <div className="flex min-w-0 items-center gap-3">
      <div className="size-11 shrink-0 overflow-hidden rounded-lg @2xl:size-13">
        <CoverImage key={track.key} id={track.artId} cover={track.cover} sizes="3.25rem" eager />
      </div>
      <div className="min-w-0">
        <Link
          href={track.href}
          className="block truncate rounded-sm text-sm font-semibold hover:underline @2xl:text-[0.9375rem]"
        >
          <bdi>{track.title}</bdi>
        </Link>
        <CurrentNote track={track} />
      </div>
    </div>
  );
}

/** Who it is by and how far it is, or what is wrong. */
function CurrentNote({ track }: { track: PlayerTrack }) {
  const t = useTranslations("player");
  const barTexts = useTranslations("playerBar");
  const problem = usePlayer((state) => state.problem);
  if (problem)
    return (
      <p
        className={cn(
          "line-clamp-2 text-xs leading-snug",
          problem === "otherTab" || problem === "blocked" ? "text-muted" : "text-danger",
        )}
      >
        {t(`problems.${problem}`)}
      </p>
    );
  return (
    <p className="flex gap-x-2 text-xs text-muted">
      <PersonLink
        name={track.artist ?? (track.key.startsWith("file:") ? barTexts("fromChat") : t("preview"))}
        handle={track.artistHandle}
        className="truncate"
      />
      <PositionText track={track} className="shrink-0 @2xl:hidden" />
    </p>
  );
}

const SKIP_CLASS =
  "flex size-11 items-center justify-center rounded-full text-ink transition-colors hover:bg-ink/8 disabled:text-faint disabled:opacity-50";

function Transport({ track }: { track: PlayerTrack }) {
  const t = useTranslations("playerBar");
  const hasNext = usePlayer((state) => nextIndex(state.queue, state.repeat) !== null);
  return (
    <div className="flex items-center gap-x-0.5">
      <button
        type="button"
        aria-label={t("previous")}
        onClick={() => player.previous()}
        className={cn(SKIP_CLASS, "@max-md:hidden")}
      >
        <SkipBack className="size-5 fill-current" aria-hidden="true" />
      </button>
      <PlayButton track={track} className="@2xl:size-12" />
      <button
        type="button"
        aria-label={t("next")}
        disabled={!hasNext}
        onClick={() => player.next()}
        className={SKIP_CLASS}
      >
        <SkipForward className="size-5 fill-current" aria-hidden="true" />
      </button>
    </div>
  );
}

function Timeline({ track }: { track: PlayerTrack }) {
  const { at, length } = usePosition(track);
  return (
    <div className="order-first col-span-3 flex items-center gap-3 @2xl:order-none @2xl:col-span-1">
      <span className="tabular w-11 text-right text-xs text-muted @max-2xl:hidden" aria-hidden="true">
        {formatDuration(at)}
      </span>
      <SeekBar track={track} className="h-7 min-w-0 flex-1 @2xl:h-11" />
      <span className="tabular w-11 text-xs text-muted @max-2xl:hidden" aria-hidden="true">
        {length === null ? "" : formatDuration(length)}
      </span>
    </div>
  );
}

/** Lets pages keep their content clear of the bar (app/_styles/player.css). */
function usePublishedHeight(bar: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = bar.current;
    if (!element) return;
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() =>
      style.setProperty("--player-height", `${String(element.offsetHeight)}px`),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      style.removeProperty("--player-height");
    };
  }, [bar]);
}
