import { PLAYER_STORAGE_KEY } from "./player-storage";
import { isPrivate, type PlayerTrack } from "./player-track";
import { EMPTY_QUEUE, MAX_QUEUE_LENGTH, type Queue, REPEATS, type Repeat } from "./queue";

/** Raised when the shape changes: what was saved in another one is not restored. */
const VERSION = 1;

/** What outlives the page. */
export interface SavedPlayer {
  queue: Queue;
  /** In the current track. */
  positionSeconds: number;
  repeat: Repeat;
  /** 0 to 1. */
  volume: number;
  muted: boolean;
  shortcuts: boolean;
}

/**
 * What a visit of this browser left, in any tab; null when there is nothing to restore. Sounds of chats are left out for
 * another viewer than the one who played them.
 */
export function readSavedPlayer(viewerId: string | null): SavedPlayer | null {
  try {
    return parseSavedPlayer(localStorage.getItem(PLAYER_STORAGE_KEY), viewerId);
  } catch {
    return null;
  }
}

/** Best effort: without storage the player works, and forgets. */
export function savePlayer(saved: SavedPlayer, viewerId: string | null): void {
  try {
    localStorage.setItem(PLAYER_STORAGE_KEY, JSON.stringify({ version: VERSION, viewerId, ...saved }));
  } catch {
    // storage is unavailable (private window) or full
  }
}

/** @returns null for what is not a saved player. Checked by hand: pages without a form do not load zod. */
export function parseSavedPlayer(text: string | null, viewerId: string | null): SavedPlayer | null {
  const stored = parseJson(text);
  if (!isRecord(stored) || stored.version !== VERSION || !isRecord(stored.queue)) return null;
  const { tracks, index } = stored.queue;
  if (!Array.isArray(tracks) || !tracks.every(isTrack)) return null;
  const all = { tracks: tracks.slice(0, MAX_QUEUE_LENGTH), index: Number(index) };
  if (all.tracks.length > 0 && !all.tracks[all.index]) return null;
  const queue = stored.viewerId === viewerId ? all : withoutPrivate(all);
  const isSameTrack = queue.tracks[queue.index] === all.tracks[all.index];
  return {
    queue: queue.tracks.length > 0 ? queue : EMPTY_QUEUE,
    positionSeconds: isSameTrack ? numberIn(stored.positionSeconds, 0, Number.MAX_SAFE_INTEGER, 0) : 0,
    repeat: REPEATS.find((repeat) => repeat === stored.repeat) ?? "off",
    volume: numberIn(stored.volume, 0, 1, 1),
    muted: stored.muted === true,
    shortcuts: stored.shortcuts !== false,
  };
}

/** The queue without the sounds of chats. */
export function withoutPrivate({ tracks, index }: Queue): Queue {
  const rest = tracks.filter((track) => !isPrivate(track));
  const before = tracks.slice(0, index).filter((track) => !isPrivate(track)).length;
  return { tracks: rest, index: Math.min(before, rest.length - 1) };
}

function isTrack(value: unknown): value is PlayerTrack {
  return (
    isRecord(value) &&
    [value.key, value.title, value.artId].every((text) => typeof text === "string") &&
    (value.artist === null || typeof value.artist === "string") &&
    (value.artistHandle == null || typeof value.artistHandle === "string") &&
    (value.peaksUrl === null || isAddress(value.peaksUrl)) &&
    (value.durationSeconds === null || Number.isFinite(value.durationSeconds)) &&
    isPath(value.href) &&
    Array.isArray(value.sources) &&
    value.sources.length > 0 &&
    value.sources.every(
      (source) => isRecord(source) && isAddress(source.url) && typeof source.type === "string",
    ) &&
    (value.cover === null || (isRecord(value.cover) && Array.isArray(value.cover.sources)))
  );
}

const isPath = (value: unknown): value is string => typeof value === "string" && /^\/(?!\/)/.test(value);
const isAddress = (value: unknown): value is string =>
  isPath(value) || (typeof value === "string" && /^https?:\/\//.test(value));

function numberIn(value: unknown, low: number, high: number, otherwise: number): number {
  return typeof value === "number" && value >= low && value <= high ? value : otherwise;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
