import type { PlayerTrack } from "./player-track";

/** `all`: after the last track the first one follows; `one`: a track that ended starts again. */
export type Repeat = "off" | "all" | "one";

/** In the order in which the repeat button offers them. */
export const REPEATS: readonly Repeat[] = ["off", "all", "one"];

/** Tracks in the order of playing. `index` is that of the current one; -1 exactly when there are none. */
export interface Queue {
  readonly tracks: readonly PlayerTrack[];
  readonly index: number;
}

export const EMPTY_QUEUE: Queue = { tracks: [], index: -1 };

/** Longer queues lose their end: what is stored and drawn has a bound. */
export const MAX_QUEUE_LENGTH = 100;

export function currentTrack({ tracks, index }: Queue): PlayerTrack | null {
  return tracks[index] ?? null;
}

/** A new queue that begins with a track. A track that is given twice is queued once. */
export function startQueue(track: PlayerTrack, following: readonly PlayerTrack[]): Queue {
  const byKey = new Map([track, ...following].map((each) => [each.key, each]));
  return { tracks: [...byKey.values()].slice(0, MAX_QUEUE_LENGTH), index: 0 };
}

/** Makes a track the current one: where it is queued already, or else right after the track that was current. */
export function goToTrack(queue: Queue, track: PlayerTrack): Queue {
  const at = queue.tracks.findIndex(({ key }) => key === track.key);
  // What was just clicked is newer than what is queued.
  if (at >= 0) return { tracks: queue.tracks.with(at, track), index: at };
  const index = queue.index + 1;
  const tracks = queue.tracks.toSpliced(index, 0, track);
  // The oldest ones go first, so that the track itself always fits.
  const excess = Math.max(0, tracks.length - MAX_QUEUE_LENGTH);
  const dropped = Math.min(excess, index);
  return { tracks: tracks.slice(dropped, dropped + MAX_QUEUE_LENGTH), index: index - dropped };
}

/** Without the track. If it was the current one, the track after it is, or else the one before. */
export function removeTrack({ tracks, index }: Queue, key: string): Queue {
  const at = tracks.findIndex((track) => track.key === key);
  if (at < 0) return { tracks, index };
  const rest = tracks.toSpliced(at, 1);
  const shifted = at < index ? index - 1 : index;
  return { tracks: rest, index: Math.min(shifted, rest.length - 1) };
}

/** The index after the current one; null at the end, unless the queue repeats. */
export function nextIndex({ tracks, index }: Queue, repeat: Repeat): number | null {
  if (index + 1 < tracks.length) return index + 1;
  return repeat === "all" && tracks.length > 0 ? 0 : null;
}

/** The index before the current one; null at the beginning, unless the queue repeats. */
export function previousIndex({ tracks, index }: Queue, repeat: Repeat): number | null {
  if (index > 0) return index - 1;
  return repeat === "all" && tracks.length > 1 ? tracks.length - 1 : null;
}
