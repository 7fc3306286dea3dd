"use client";

import { SkipBack, SkipForward, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId } from "react";
import { CoverImage } from "@/app/_art/cover-image";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { Dialog } from "@/app/_ui/dialog";
import { formatDuration } from "@/app/_ui/format-duration";
import { Link } from "@/app/_ui/link";
import { PersonLink } from "@/app/_ui/person-link";
import { isolate } from "@/lib/schemas/isolate";
import { PlayButton } from "./play-button";
import { player } from "./player";
import type { PlayerTrack } from "./player-track";
import { RepeatButton } from "./repeat-button";
import { PositionText, SeekBar } from "./seek-bar";
import { selectTrack, usePlayer } from "./use-player";
import { VolumeControl } from "./volume-control";

/** The queue, the full-size player for phones, and the keyboard shortcuts. */
export function QueuePanel({ onClose }: { onClose: () => void }) {
  const t = useTranslations("playerBar");
  const track = usePlayer(selectTrack);
  const queue = usePlayer((state) => state.queue);
  return (
    <Dialog title={t("queue")} onClose={onClose} aside>
      {(close) => (
        <div className="-mx-2 flex min-h-0 flex-1 flex-col gap-6 overflow-y-auto px-2 pb-2">
          {track ? <NowPlaying track={track} onLeave={close} /> : null}
          <ol aria-label={t("queue")} className="flex flex-col gap-1">
            {queue.tracks.map((each, index) => (
              <QueueRow key={each.key} track={each} index={index} isCurrent={index === queue.index} />
            ))}
          </ol>
          {queue.tracks.length < 2 ? <p className="text-sm text-muted">{t("queueAlone")}</p> : null}
          <Button
            look="quiet"
            className="self-start"
            onClick={() => {
              player.clear();
              close();
            }}
          >
            {t("clear")}
          </Button>
          <Shortcuts />
        </div>
      )}
    </Dialog>
  );
}

const SKIP_CLASS = "flex size-12 items-center justify-center rounded-full hover:bg-ink/8";

function NowPlaying({ track, onLeave }: { track: PlayerTrack; onLeave: () => void }) {
  const t = useTranslations("playerBar");
  return (
    <section
      aria-label={t("nowPlaying")}
      style={tintStyle(track.artId)}
      className="tinted shrink-0 overflow-hidden rounded-2xl bg-tint-strong"
    >
      <div className="aspect-[2/1] w-full overflow-hidden">
        <CoverImage key={track.key} id={track.artId} cover={track.cover} sizes="30rem" eager />
      </div>
      <div className="flex flex-col gap-3 p-4">
        <div className="min-w-0">
          <Link href={track.href} onClick={onLeave} className="display line-clamp-2 text-lg hover:underline">
            <bdi>{track.title}</bdi>
          </Link>
          <p className="flex justify-between gap-3 text-sm text-muted">
            <PersonLink
              name={track.artist}
              handle={track.artistHandle}
              onClick={onLeave}
              className="truncate"
            />
            <PositionText track={track} className="shrink-0" />
          </p>
        </div>
        <SeekBar track={track} className="h-12" />
        <div className="grid grid-cols-[1fr_auto_1fr] items-center">
          <RepeatButton />
          <div className="flex items-center gap-1">
            <button
              type="button"
              aria-label={t("previous")}
              onClick={() => player.previous()}
              className={SKIP_CLASS}
            >
              <SkipBack className="size-5 fill-current" aria-hidden="true" />
            </button>
            <PlayButton track={track} size="medium" />
            <button type="button" aria-label={t("next")} onClick={() => player.next()} className={SKIP_CLASS}>
              <SkipForward className="size-5 fill-current" aria-hidden="true" />
            </button>
          </div>
          {/* Phones have hardware keys for the volume. */}
          <VolumeControl className="justify-self-end" sliderClassName="w-16 max-sm:hidden" />
        </div>
      </div>
    </section>
  );
}

function QueueRow({ track, index, isCurrent }: { track: PlayerTrack; index: number; isCurrent: boolean }) {
  const t = useTranslations("playerBar");
  const playerTexts = useTranslations("player");
  return (
    <li
      aria-current={isCurrent ? "true" : undefined}
      className={cn("flex items-center gap-2 rounded-xl pr-1", isCurrent ? "bg-ink/8" : "hover:bg-ink/5")}
    >
      <button
        type="button"
        onClick={() => player.playAt(index)}
        className="flex min-w-0 flex-1 items-center gap-3 rounded-xl p-2 text-left"
      >
        <span className="sr-only">{playerTexts("play", { name: isolate(track.title) })}</span>
        <span aria-hidden="true" className="size-11 shrink-0 overflow-hidden rounded-lg">
          <CoverImage id={track.artId} cover={track.cover} sizes="2.75rem" />
        </span>
        <span aria-hidden="true" className="min-w-0 flex-1">
          <bdi className={cn("block truncate text-sm font-semibold", isCurrent && "text-accent-text")}>
            {track.title}
          </bdi>
          <bdi className="block truncate text-xs text-muted">{track.artist}</bdi>
        </span>
        {track.durationSeconds === null ? null : (
          <span aria-hidden="true" className="tabular text-xs text-muted">
            {formatDuration(track.durationSeconds)}
          </span>
        )}
      </button>
      <button
        type="button"
        onClick={() => player.remove(track.key)}
        aria-label={t("remove", { name: isolate(track.title) })}
        className="flex size-9 shrink-0 items-center justify-center rounded-full text-muted hover:text-ink"
      >
        <X className="size-4" aria-hidden="true" />
      </button>
    </li>
  );
}

const SHORTCUTS = [
  ["space", "playPause"],
  ["← →", "seek"],
  ["Shift ← →", "skip"],
  ["M", "sound"],
] as const;

/** The keyboard shortcuts, and the switch that turns them off for users whose speech software types letters. */
function Shortcuts() {
  const t = useTranslations("playerBar.keys");
  const shortcuts = usePlayer((state) => state.shortcuts);
  const id = useId();
  return (
    <section aria-labelledby={id} className="hidden border-t border-line pt-5 sm:block">
      <h3 id={id} className="text-sm font-semibold">
        {t("title")}
      </h3>
      <dl className="mt-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 text-sm text-muted">
        {SHORTCUTS.map(([key, action]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="rounded-md border border-line-strong px-1.5 py-0.5 font-sans text-xs text-ink">
                {key === "space" ? t("space") : key}
              </kbd>
            </dt>
            <dd>{t(action)}</dd>
          </div>
        ))}
      </dl>
      <label className="mt-4 flex min-h-11 items-center gap-3 text-sm">
        <input
          type="checkbox"
          checked={shortcuts}
          onChange={({ currentTarget }) => player.setShortcuts(currentTarget.checked)}
          className="size-5 accent-(--mark)"
        />
        {t("enabled")}
      </label>
    </section>
  );
}
