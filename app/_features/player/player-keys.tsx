"use client";

import { useTranslations } from "next-intl";
import { useEffect, useEffectEvent, useRef } from "react";
import { formatDuration } from "@/app/_ui/format-duration";
import { isolate } from "@/lib/schemas/isolate";
import { player } from "./player";
import { SEEK_STEP_SECONDS } from "./seek-step";
import { selectTrack, usePlayer } from "./use-player";

/** What uses keys by itself. The player's own sliders use the arrows only. */
const USES_KEYS = [
  "input:not([data-player-seek])",
  ...["textarea", "select", "button", "a[href]", "summary", "audio", "video", "dialog"],
  ...["[contenteditable]", "[role=button]", "[role=menu]", "[role=listbox]", "[role=option]", "[role=tab]"],
  ...["[role=radio]", "[role=slider]", "[role=textbox]", "[role=grid]", "[role=log] [tabindex]"],
].join(", ");

/**
 * The player's keys on every page while there is a track, and its announcements for screen readers: what keys did, tracks
 * that begin by themselves, and problems. Space: play, pause. Arrows: seek; with Shift: previous, next. `m`: sound off and on.
 * Renders nothing.
 */
export function PlayerKeys({ announce }: { announce: (text: string) => void }) {
  const t = useTranslations("player");
  const track = usePlayer(selectTrack);
  const isPaused = usePlayer((state) => state.status === "paused");
  const problem = usePlayer((state) => state.problem);

  const pressKey = (event: KeyboardEvent): string | null => {
    switch (event.key) {
      case " ":
        player.toggle();
        // The start of a track is announced below.
        return player.getState().status === "paused" ? t("paused") : "";
      case "ArrowLeft":
      case "ArrowRight": {
        const direction = event.key === "ArrowLeft" ? -1 : 1;
        if (event.shiftKey) {
          if (direction < 0) player.previous();
          else player.next();
          return "";
        }
        player.seekBy(direction * SEEK_STEP_SECONDS);
        return formatDuration(player.getState().positionSeconds);
      }
      // The same key in a Russian layout.
      case "m":
      case "M":
      case "ь":
      case "Ь":
        player.toggleMuted();
        return t(player.getState().muted ? "soundOff" : "soundOn");
      default:
        return null;
    }
  };

  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const { queue, shortcuts } = player.getState();
    if (!shortcuts || queue.index < 0 || event.defaultPrevented || event.isComposing) return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target instanceof Element && event.target.closest(USES_KEYS)) return;
    const text = pressKey(event);
    if (text === null) return;
    event.preventDefault();
    if (text !== "") announce(text);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKeyDown(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);

  const before = useRef({ key: null as string | null, isPaused: true });
  useEffect(() => {
    const key = track?.key ?? null;
    const hasStarted = !isPaused && (before.current.isPaused || before.current.key !== key);
    before.current = { key, isPaused };
    if (hasStarted && track) announce(t("nowPlayingName", { name: isolate(track.title) }));
  }, [track, isPaused, t, announce]);
  useEffect(() => {
    if (problem) announce(t(`problems.${problem}`));
  }, [problem, t, announce]);

  return null;
}
