"use client";

import { useSyncExternalStore } from "react";
import { pagePlayer } from "./page-player";
import { INITIAL_STATE, type PlayerState } from "./player-state";
import { currentTrack } from "./queue";

/** A part of the player's state. @param select  returns something that is the same while nothing has changed */
export function usePlayer<T>(select: (state: PlayerState) => T): T {
  return useSyncExternalStore(
    pagePlayer.subscribe,
    () => select(pagePlayer.getState()),
    () => select(INITIAL_STATE),
  );
}

export const selectTrack = (state: PlayerState) => currentTrack(state.queue);

/** What the player does with tracks of which it has all in its queue; null when it plays something else. */
export function usePlaybackOfAll(keys: readonly string[]): PlayerState["status"] | null {
  return usePlayer((state) => {
    const queued = new Set(state.queue.tracks.map(({ key }) => key));
    const key = selectTrack(state)?.key;
    return key !== undefined && keys.includes(key) && keys.every((each) => queued.has(each))
      ? state.status
      : null;
  });
}

/** What the player does with a track; null when it is not the current one. */
export function usePlayback(key: string): PlayerState["status"] | null {
  return usePlayer((state) => (selectTrack(state)?.key === key ? state.status : null));
}
