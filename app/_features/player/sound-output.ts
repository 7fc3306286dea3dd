import { fetchPlayerTrack } from "./player-api";
import { type PlayerTrack, postIdOf } from "./player-track";
import { checkSource } from "./source-check";

/**
 * Why a track does not play:
 *
 * gone        the sound is no longer there, or not for this viewer
 * unplayable  this browser plays none of its formats, or it is damaged
 * network     the connection was lost
 * blocked     the browser wants another click first
 */
export type SoundProblem = "gone" | "unplayable" | "network" | "blocked";

/** What an output reports. */
export interface SoundEvents {
  /** The sound plays, or stands still to wait for data. */
  onPlaying(): void;
  onWaiting(): void;
  /** Paused by something else: headphones were unplugged, a call came, a system's button was pressed. */
  onPaused(): void;
  onEnded(): void;
  onPosition(seconds: number): void;
  onDuration(seconds: number): void;
  /** The position jumps. */
  onSeeking(): void;
  /** Stopped for good, until `play` is called again. */
  onProblem(problem: SoundProblem): void;
  /** The connection was lost, and playback goes on by itself when it is back. */
  onRetrying(): void;
  /** The track's sources were read again. */
  onTrack(track: PlayerTrack): void;
}

/** After a lost connection; doubled with each attempt. */
const MIN_RETRY_DELAY_MS = 2_000;
const MAX_RETRY_DELAY_MS = 30_000;
/** A position that differs by less is the one that was asked for. */
const SAME_POSITION_SECONDS = 0.5;

/**
 * The page's audio element: loads one track at a time, and deals with formats, missing files and lost connections.
 * Nothing is fetched before `play`, which calls the element's own `play()` before it returns: iOS allows it only within
 * the gesture.
 */
export class SoundOutput {
  /** What the element has, with the index of a source. */
  private loaded: { track: PlayerTrack; source: number } | null = null;
  private isWanted = false;
  private positionSeconds = 0;
  /** The loaded track's sources were read again after they had gone. */
  private hasRefreshedSources = false;
  private isOffline = false;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private retryDelayMs = MIN_RETRY_DELAY_MS;
  private readonly removers: (() => void)[] = [];

  constructor(
    private readonly audio: HTMLAudioElement,
    private readonly events: SoundEvents,
  ) {
    this.listen(audio, "timeupdate", () => this.onTime());
    this.listen(audio, "durationchange", () => this.onDuration());
    this.listen(audio, "loadedmetadata", () => this.onMetadata());
    this.listen(audio, "playing", () => this.onPlaying());
    this.listen(audio, "waiting", () => events.onWaiting());
    this.listen(audio, "seeking", () => events.onSeeking());
    this.listen(audio, "pause", () => this.onPause());
    this.listen(audio, "ended", () => this.onEnded());
    this.listen(audio, "error", () => void this.onError());
    this.listen(window, "online", () => this.retry());
  }

  /** Plays a track, or goes on with the loaded one. @param fromSeconds  where a track begins that is not loaded */
  play(track: PlayerTrack, fromSeconds: number): void {
    clearTimeout(this.retryTimer);
    this.isWanted = true;
    this.isOffline = false;
    if (this.loaded?.track.key !== track.key) {
      this.positionSeconds = fromSeconds;
      this.hasRefreshedSources = false;
      this.load(track, this.nextSource(track, -1));
    } else if (this.audio.error) this.load(track, this.loaded.source);
    this.startElement();
  }

  pause(): void {
    clearTimeout(this.retryTimer);
    this.isWanted = false;
    this.audio.pause();
  }

  /** Pauses; the next `play` loads again. */
  stop(): void {
    this.pause();
    this.loaded = null;
  }

  seek(seconds: number): void {
    this.positionSeconds = seconds;
    if (this.loaded) this.audio.currentTime = seconds;
  }

  /** @param volume  0 to 1 */
  setVolume(volume: number, muted: boolean): void {
    this.audio.volume = volume;
    this.audio.muted = muted;
  }

  close(): void {
    for (const remove of this.removers) remove();
    this.stop();
  }

  private listen(target: EventTarget, type: string, handle: () => void): void {
    target.addEventListener(type, handle);
    this.removers.push(() => target.removeEventListener(type, handle));
  }

  /** @param source  index; beyond the last one there is nothing that this browser plays */
  private load(track: PlayerTrack, source: number): void {
    const address = track.sources[source];
    if (!address) {
      this.loaded = null;
      this.fail("unplayable");
      return;
    }
    this.loaded = { track, source };
    this.audio.preload = "auto";
    this.audio.src = address.url;
    // Until the metadata is there this is where it will start; `onMetadata` covers browsers that ignore it.
    if (this.positionSeconds > 0) this.audio.currentTime = this.positionSeconds;
  }

  /** Index of the next source that the browser may play; the number of sources if there is none. */
  private nextSource({ sources }: PlayerTrack, after: number): number {
    const at = sources.findIndex(
      ({ url, type }, index) => index > after && url !== "" && this.audio.canPlayType(type) !== "",
    );
    return at < 0 ? sources.length : at;
  }

  private loadAndPlay(track: PlayerTrack, source: number): void {
    this.load(track, source);
    if (this.isWanted) this.startElement();
  }

  private startElement(): void {
    if (!this.loaded) return;
    this.audio.play().catch((error: unknown) => {
      // Every other error has an event of its own, or is this output's own pause or next load.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.fail("blocked");
    });
  }

  private fail(problem: SoundProblem): void {
    clearTimeout(this.retryTimer);
    this.isWanted = false;
    this.events.onProblem(problem);
  }

  private onMetadata(): void {
    const { audio, positionSeconds } = this;
    if (Math.abs(audio.currentTime - positionSeconds) > SAME_POSITION_SECONDS)
      audio.currentTime = Math.min(positionSeconds, audio.duration || positionSeconds);
  }

  private onDuration(): void {
    if (this.loaded && Number.isFinite(this.audio.duration)) this.events.onDuration(this.audio.duration);
  }

  private onPlaying(): void {
    if (!this.isWanted) return;
    this.isOffline = false;
    this.retryDelayMs = MIN_RETRY_DELAY_MS;
    this.events.onPlaying();
  }

  private onTime(): void {
    const { audio } = this;
    if (!this.loaded || audio.readyState < HTMLMediaElement.HAVE_METADATA || audio.seeking) return;
    this.positionSeconds = audio.currentTime;
    this.events.onPosition(audio.currentTime);
  }

  private onPause(): void {
    const { audio } = this;
    // A new source pauses the element as well, and is about to play.
    if (!this.isWanted || !audio.paused || audio.ended || audio.error || !this.loaded) return;
    this.isWanted = false;
    this.events.onPaused();
  }

  private onEnded(): void {
    this.isWanted = false;
    this.events.onEnded();
  }

  private async onError(): Promise<void> {
    const { audio, loaded } = this;
    const code = audio.error?.code;
    if (!loaded || code === undefined || code === MediaError.MEDIA_ERR_ABORTED) return;
    if (code === MediaError.MEDIA_ERR_NETWORK) {
      this.retryLater();
      return;
    }
    const state = await checkSource(loaded.track.sources[loaded.source]?.url ?? "");
    // Meanwhile something else was loaded.
    if (this.loaded !== loaded || !audio.error) return;
    if (state === "unreachable") this.retryLater();
    else if (state === "gone") await this.refreshSources(loaded.track);
    else this.loadAndPlay(loaded.track, this.nextSource(loaded.track, loaded.source));
  }

  /** A sound that was processed again has other addresses; a queue that was restored may have the old ones. */
  private async refreshSources(track: PlayerTrack): Promise<void> {
    const postId = postIdOf(track);
    const isFirst = !this.hasRefreshedSources;
    this.hasRefreshedSources = true;
    const result = postId !== null && isFirst ? await fetchPlayerTrack(postId) : ({ state: "gone" } as const);
    if (this.loaded?.track !== track) return;
    if (result.state === "unreachable") this.retryLater();
    else if (result.state !== "found") this.fail("gone");
    else {
      this.events.onTrack(result.track);
      this.loadAndPlay(result.track, this.nextSource(result.track, -1));
    }
  }

  /** Keeps the position, and goes on when the network is back. */
  private retryLater(): void {
    if (!this.isWanted) {
      this.fail("network");
      return;
    }
    this.isOffline = true;
    this.events.onRetrying();
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.retry(), this.retryDelayMs);
    this.retryDelayMs = Math.min(this.retryDelayMs * 2, MAX_RETRY_DELAY_MS);
  }

  private retry(): void {
    if (!this.isOffline || !this.isWanted || !this.loaded) return;
    clearTimeout(this.retryTimer);
    this.loadAndPlay(this.loaded.track, this.loaded.source);
  }
}
