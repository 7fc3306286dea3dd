import { coverUrl } from "@/app/_art/cover-url";
import type { Player } from "./player";
import type { PlayerTrack } from "./player-track";
import { currentTrack } from "./queue";
import { SEEK_STEP_SECONDS } from "./seek-step";

/** A position that the system extrapolates is corrected when it is off by more. */
const MAX_DRIFT_SECONDS = 1.5;
const ARTWORK_SIZE = 512;

/**
 * Shows the track on the lock screen and lets the system's keys and headphones control the player.
 * @returns disconnects
 */
export function connectMediaSession(player: Player): () => void {
  if (!("mediaSession" in navigator)) return () => undefined;
  const { mediaSession } = navigator;
  let shown: PlayerTrack | null = null;
  let reported: { positionSeconds: number; durationSeconds: number; status: string; atMs: number } | null =
    null;

  const actions: [MediaSessionAction, MediaSessionActionHandler][] = [
    ["play", () => player.resume()],
    ["pause", () => player.pause()],
    ["stop", () => player.pause()],
    ["previoustrack", () => player.previous()],
    ["nexttrack", () => player.next()],
    ["seekbackward", ({ seekOffset }) => player.seekBy(-(seekOffset ?? SEEK_STEP_SECONDS))],
    ["seekforward", ({ seekOffset }) => player.seekBy(seekOffset ?? SEEK_STEP_SECONDS)],
    ["seekto", ({ seekTime }) => (seekTime === undefined ? undefined : player.seek(seekTime))],
  ];
  for (const [action, handle] of actions) setHandler(mediaSession, action, handle);

  const showTrack = async (track: PlayerTrack) => {
    const describe = (artwork: MediaImage[]) =>
      new MediaMetadata({ title: track.title, artist: track.artist ?? "", artwork });
    mediaSession.metadata = describe(uploadedArtwork(track));
    if (track.cover?.sources.length) return;
    const drawn = await drawArtwork(coverUrl(track.artId));
    if (shown === track && drawn) mediaSession.metadata = describe([drawn]);
  };

  const update = () => {
    const { queue, status, positionSeconds, durationSeconds } = player.getState();
    const track = currentTrack(queue);
    if (track !== shown) {
      shown = track;
      reported = null;
      if (track) void showTrack(track);
      else mediaSession.metadata = null;
    }
    mediaSession.playbackState = track ? (status === "paused" ? "paused" : "playing") : "none";
    if (durationSeconds === null || durationSeconds <= 0) return;
    const expected = reported
      ? reported.positionSeconds +
        (reported.status === "playing" ? (performance.now() - reported.atMs) / 1_000 : 0)
      : Number.POSITIVE_INFINITY;
    const isKnown =
      reported?.status === status &&
      reported.durationSeconds === durationSeconds &&
      Math.abs(expected - positionSeconds) <= MAX_DRIFT_SECONDS;
    if (isKnown) return;
    reported = { positionSeconds, durationSeconds, status, atMs: performance.now() };
    mediaSession.setPositionState?.({
      duration: durationSeconds,
      position: Math.min(positionSeconds, durationSeconds),
    });
  };

  update();
  const unsubscribe = player.subscribe(update);
  return () => {
    unsubscribe();
    for (const [action] of actions) setHandler(mediaSession, action, null);
    mediaSession.metadata = null;
  };
}

/** Browsers throw for actions that they do not know. */
function setHandler(
  session: MediaSession,
  action: MediaSessionAction,
  handle: MediaSessionActionHandler | null,
): void {
  try {
    session.setActionHandler(action, handle);
  } catch {
    // this key stays without effect
  }
}

function uploadedArtwork({ cover }: PlayerTrack): MediaImage[] {
  return (cover?.sources ?? [])
    .filter(({ type }) => type !== "image/avif")
    .map(({ url, type, width, height }) => ({ src: url, type, sizes: `${String(width)}x${String(height)}` }));
}

/** The system takes no SVG, so the generated cover becomes a picture of dots. Null where that fails. */
async function drawArtwork(url: string): Promise<MediaImage | null> {
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = ARTWORK_SIZE;
    canvas.height = ARTWORK_SIZE;
    canvas.getContext("2d")?.drawImage(image, 0, 0, ARTWORK_SIZE, ARTWORK_SIZE);
    const sizes = `${String(ARTWORK_SIZE)}x${String(ARTWORK_SIZE)}`;
    return { src: canvas.toDataURL("image/png"), type: "image/png", sizes };
  } catch {
    return null;
  }
}
