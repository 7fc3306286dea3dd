import { ListeningMeter } from "./listening-meter";
import { PlayReporter } from "./play-reporter";
import { fetchPlayerTrack } from "./player-api";
import { isPrivate, type PlayerTrack, postIdOf } from "./player-track";
import {
  currentTrack,
  EMPTY_QUEUE,
  goToTrack,
  nextIndex,
  previousIndex,
  type Queue,
  REPEATS,
  type Repeat,
  removeTrack,
  startQueue,
} from "./queue";
import { readSavedPlayer, savePlayer, withoutPrivate } from "./saved-player";
import { checkSource } from "./source-check";
import { openTabMessages, type TabMessages } from "./tab-messages";

/**
 * Why nothing plays:
 *
 * gone        the sound is no longer there, or not for this viewer
 * unplayable  this browser plays none of its formats, or it is damaged
 * network     the connection was lost; the player tries again by itself
 * blocked     the browser wants another click first
 * otherTab    another tab began to play
 */
export type PlayerProblem = "gone" | "unplayable" | "network" | "blocked" | "otherTab";

export interface PlayerState {
  readonly queue: Queue;
  readonly repeat: Repeat;
  /** What the listener asked for; `loading`: the sound is on its way. */
  readonly status: "paused" | "loading" | "playing";
  readonly positionSeconds: number;
  /** Of the current track; null until it is known. */
  readonly durationSeconds: number | null;
  /** 0 to 1. */
  readonly volume: number;
  readonly muted: boolean;
  /** Whether keys work on the whole page; people who speak to their computer turn them off. */
  readonly shortcuts: boolean;
  readonly problem: PlayerProblem | null;
}

export const INITIAL_STATE: PlayerState = {
  queue: EMPTY_QUEUE,
  repeat: "off",
  status: "paused",
  positionSeconds: 0,
  durationSeconds: null,
  volume: 1,
  muted: false,
  shortcuts: true,
  problem: null,
};

/** From here on "previous" starts the track again. */
const RESTART_AFTER_SECONDS = 3;
/** How often the position is saved during playback. */
const SAVE_INTERVAL_MS = 5_000;
/** After a lost connection; doubled with each attempt. */
const MIN_RETRY_DELAY_MS = 2_000;
const MAX_RETRY_DELAY_MS = 30_000;
/** A position that differs by less is the one that was asked for. */
const SAME_POSITION_SECONDS = 0.5;

/**
 * The one player of a page: a queue, and the audio element that plays its current track. Everything that starts playback
 * calls `play()` of the element before it returns, because iOS allows it only within the gesture. Nothing is fetched
 * before playback is asked for.
 */
export class Player {
  private state = INITIAL_STATE;
  private readonly listeners = new Set<() => void>();
  private audio: HTMLAudioElement | null = null;
  private tabs: TabMessages | null = null;
  private viewerId: string | null = null;
  private readonly meter = new ListeningMeter();
  private readonly reporter = new PlayReporter();
  /** What the element has: a track's key and the index of a source; null: nothing. */
  private loaded: { key: string; source: number } | null = null;
  /** The loaded track's sources were read again after they had gone. */
  private hasRefreshedSources = false;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private retryDelayMs = MIN_RETRY_DELAY_MS;
  /** Whether this tab changed something: a tab that only restored must not overwrite what another one saved. */
  private isChanged = false;
  private savedAt = 0;

  readonly getState = (): PlayerState => this.state;

  readonly subscribe = (notify: () => void): (() => void) => {
    this.listeners.add(notify);
    return () => this.listeners.delete(notify);
  };

  /**
   * Connects the page's audio element, and restores what an earlier page left.
   * @returns disconnects
   */
  attach(audio: HTMLAudioElement, viewerId: string | null): () => void {
    this.audio = audio;
    this.viewerId = viewerId;
    this.restore();
    this.tabs = openTabMessages(() => this.onOtherTabPlays());
    const removers: (() => void)[] = [];
    const listen = (target: EventTarget, type: string, handle: () => void) => {
      target.addEventListener(type, handle);
      removers.push(() => target.removeEventListener(type, handle));
    };
    const on = (type: string, handle: () => void) => listen(audio, type, handle);
    on("timeupdate", () => this.onTime());
    on("durationchange", () => this.onDuration());
    on("loadedmetadata", () => this.onMetadata());
    on("playing", () => this.onPlaying());
    on("waiting", () => this.onWaiting());
    on("seeking", () => this.meter.interrupt());
    on("pause", () => this.onPause());
    on("ended", () => this.onEnded());
    on("error", () => void this.onError());
    listen(window, "online", () => this.retryNow());
    listen(window, "pagehide", () => this.save());
    return () => {
      for (const remove of removers) remove();
      clearTimeout(this.retryTimer);
      this.tabs?.close();
      this.save();
      this.audio = null;
      this.loaded = null;
    };
  }

  /** Sounds of chats do not outlive the session in which they were played. */
  setViewer(viewerId: string | null): void {
    if (this.viewerId === viewerId) return;
    this.viewerId = viewerId;
    const track = currentTrack(this.state.queue);
    const queue = withoutPrivate(this.state.queue);
    if (track && isPrivate(track)) this.show(queue);
    else this.set({ queue });
    this.save();
  }

  /**
   * Plays a track, or goes on with it if it is the current one.
   * @param following  replaces the queue; without it the track is put into the queue
   * @param positionSeconds  where to start; by default where it stands
   */
  play(track: PlayerTrack, following?: readonly PlayerTrack[], positionSeconds?: number): void {
    const { queue } = this.state;
    if (currentTrack(queue)?.key === track.key) {
      if (positionSeconds !== undefined) this.seek(positionSeconds);
      this.resume();
    } else this.start(following ? startQueue(track, following) : goToTrack(queue, track), positionSeconds);
  }

  /** Plays what stands in the queue. */
  playAt(index: number): void {
    if (index === this.state.queue.index) this.resume();
    else this.start({ ...this.state.queue, index });
  }

  resume(): void {
    const { audio } = this;
    const track = currentTrack(this.state.queue);
    if (!audio || !track) return;
    clearTimeout(this.retryTimer);
    this.isChanged = true;
    this.tabs?.announcePlaying();
    this.set({ status: "loading", problem: null });
    if (this.loaded?.key !== track.key || audio.error) this.load(track, this.loaded?.source ?? null);
    this.startElement();
  }

  pause(): void {
    clearTimeout(this.retryTimer);
    this.meter.interrupt();
    // The problem stays on screen; playing on tries again.
    this.set({ status: "paused" });
    this.audio?.pause();
    this.save();
  }

  toggle(): void {
    if (this.state.status === "paused") this.resume();
    else this.pause();
  }

  /** Also while nothing is loaded: playback then starts there. */
  seek(positionSeconds: number): void {
    const { durationSeconds } = this.state;
    const position = Math.max(0, Math.min(positionSeconds, durationSeconds ?? Number.MAX_VALUE));
    this.meter.interrupt();
    this.isChanged = true;
    this.set({ positionSeconds: position });
    if (this.audio && this.loaded) this.audio.currentTime = position;
    if (this.state.status === "paused") this.save();
  }

  seekBy(seconds: number): void {
    this.seek(this.state.positionSeconds + seconds);
  }

  next(): void {
    const index = nextIndex(this.state.queue, this.state.repeat);
    if (index !== null) this.goTo(index);
  }

  previous(): void {
    const index = previousIndex(this.state.queue, this.state.repeat);
    if (index === null || this.state.positionSeconds >= RESTART_AFTER_SECONDS) this.seek(0);
    else this.goTo(index);
  }

  remove(key: string): void {
    const { queue, status } = this.state;
    const rest = removeTrack(queue, key);
    this.isChanged = true;
    if (rest.index < 0) this.clear();
    else if (currentTrack(queue)?.key !== key) this.set({ queue: rest });
    else if (status === "paused") this.show(rest);
    else this.start(rest);
    this.save();
  }

  /** Empties the queue, and the bar goes. */
  clear(): void {
    this.stop();
    this.isChanged = true;
    this.set({ queue: EMPTY_QUEUE, positionSeconds: 0, durationSeconds: null, problem: null });
    this.save();
  }

  setRepeat(repeat: Repeat): void {
    this.isChanged = true;
    this.set({ repeat });
    this.save();
  }

  setShortcuts(shortcuts: boolean): void {
    this.isChanged = true;
    this.set({ shortcuts });
    this.save();
  }

  nextRepeat(): void {
    const at = REPEATS.indexOf(this.state.repeat);
    this.setRepeat(REPEATS[(at + 1) % REPEATS.length] ?? "off");
  }

  /** @param volume  0 to 1; more than 0 also turns the sound on */
  setVolume(volume: number): void {
    this.applyVolume({ volume: Math.max(0, Math.min(1, volume)), muted: volume <= 0 });
  }

  toggleMuted(): void {
    const { muted, volume } = this.state;
    // Turned down to nothing by hand: turning it on must be audible.
    this.applyVolume(muted && volume === 0 ? { volume: 1, muted: false } : { volume, muted: !muted });
  }

  private applyVolume(levels: { volume: number; muted: boolean }): void {
    this.isChanged = true;
    this.set(levels);
    this.writeVolume();
    this.save();
  }

  private writeVolume(): void {
    if (!this.audio) return;
    this.audio.volume = this.state.volume;
    this.audio.muted = this.state.muted;
  }

  /** Another place in the queue, playing or not as before. */
  private goTo(index: number): void {
    const queue = { ...this.state.queue, index };
    if (this.state.status === "paused") this.show(queue);
    else this.start(queue);
  }

  /** Makes the queue's current track the current one, without playing it. */
  private show(queue: Queue): void {
    this.stop();
    this.isChanged = true;
    this.meter.reset();
    this.set({ queue, ...beginningOf(queue) });
    this.save();
  }

  private start(queue: Queue, positionSeconds = 0): void {
    this.show(queue);
    this.set({ positionSeconds });
    this.resume();
  }

  private stop(): void {
    clearTimeout(this.retryTimer);
    this.set({ status: "paused" });
    this.audio?.pause();
    this.loaded = null;
    this.hasRefreshedSources = false;
  }

  /** @param source  index to start with; null: the first that the browser may play */
  private load(track: PlayerTrack, source: number | null): void {
    const { audio } = this;
    if (!audio) return;
    const isAnother = this.loaded?.key !== track.key;
    const index = source !== null && !isAnother ? source : this.nextSource(track, -1);
    const address = track.sources[index];
    if (!address) {
      this.loaded = null;
      this.fail("unplayable");
      return;
    }
    this.loaded = { key: track.key, source: index };
    if (isAnother) this.hasRefreshedSources = false;
    audio.preload = "auto";
    audio.src = address.url;
    // Until the metadata is there this is where it will start; `onMetadata` covers browsers that ignore it.
    if (this.state.positionSeconds > 0) audio.currentTime = this.state.positionSeconds;
  }

  /** Index of the next source that the browser may play; that of none is beyond the end. */
  private nextSource({ sources }: PlayerTrack, after: number): number {
    const at = sources.findIndex(
      ({ url, type }, index) => index > after && url !== "" && this.audio?.canPlayType(type) !== "",
    );
    return at < 0 ? sources.length : at;
  }

  private startElement(): void {
    const { audio } = this;
    if (!audio || !this.loaded) return;
    this.writeVolume();
    audio.play().catch((error: unknown) => {
      // Everything else has an event of its own, or is this player's own pause or next load.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.fail("blocked");
    });
  }

  private fail(problem: PlayerProblem): void {
    clearTimeout(this.retryTimer);
    this.meter.interrupt();
    this.set({ status: "paused", problem });
    this.save();
  }

  private onMetadata(): void {
    const { audio } = this;
    const { positionSeconds } = this.state;
    if (audio && Math.abs(audio.currentTime - positionSeconds) > SAME_POSITION_SECONDS)
      audio.currentTime = Math.min(positionSeconds, audio.duration || positionSeconds);
  }

  private onDuration(): void {
    const duration = this.audio?.duration ?? Number.NaN;
    if (this.loaded && Number.isFinite(duration)) this.set({ durationSeconds: duration });
  }

  private onPlaying(): void {
    if (this.state.status === "paused") return;
    this.retryDelayMs = MIN_RETRY_DELAY_MS;
    this.set({ status: "playing", problem: null });
  }

  private onWaiting(): void {
    this.meter.interrupt();
    if (this.state.status === "playing") this.set({ status: "loading" });
  }

  private onTime(): void {
    const { audio, loaded } = this;
    const track = currentTrack(this.state.queue);
    if (!audio || !loaded || !track || audio.readyState < HTMLMediaElement.HAVE_METADATA || audio.seeking)
      return;
    this.set({ positionSeconds: audio.currentTime });
    if (this.state.status !== "playing") return;
    this.meter.advance(audio.currentTime, performance.now());
    const postId = postIdOf(track);
    if (postId !== null && this.viewerId !== null && this.meter.isPlay(this.state.durationSeconds))
      void this.reporter.report(postId);
    if (performance.now() - this.savedAt > SAVE_INTERVAL_MS) this.save();
  }

  /** Not by this player: headphones were unplugged, a call came, a system's button was pressed. */
  private onPause(): void {
    const { audio } = this;
    if (!audio || audio.ended || audio.error || this.state.status === "paused" || !this.loaded) return;
    // A new source pauses the element as well, and is about to play.
    if (!audio.paused) return;
    this.set({ status: "paused" });
    this.meter.interrupt();
    this.save();
  }

  private onEnded(): void {
    this.meter.reset();
    const { queue, repeat } = this.state;
    const index = repeat === "one" ? queue.index : nextIndex(queue, repeat);
    if (index === null) {
      this.set({ status: "paused", positionSeconds: 0 });
      if (this.audio) this.audio.currentTime = 0;
      this.save();
    } else if (index === queue.index) {
      this.set({ positionSeconds: 0 });
      this.startElement();
    } else this.start({ ...queue, index });
  }

  private onOtherTabPlays(): void {
    if (this.state.status === "paused") return;
    this.pause();
    // From now on that tab knows better what was played last.
    this.isChanged = false;
    this.set({ problem: "otherTab" });
  }

  private async onError(): Promise<void> {
    const { audio, loaded } = this;
    const track = currentTrack(this.state.queue);
    const code = audio?.error?.code;
    if (!audio || !loaded || !track || code === undefined || code === MediaError.MEDIA_ERR_ABORTED) return;
    this.meter.interrupt();
    if (code === MediaError.MEDIA_ERR_NETWORK) return this.retryLater();
    const url = track.sources[loaded.source]?.url ?? "";
    const state = await checkSource(url);
    // Meanwhile something else was loaded.
    if (this.loaded !== loaded || !audio.error) return;
    if (state === "unreachable") return this.retryLater();
    if (state === "gone") return this.refreshSources(track);
    this.tryNextSource(track, loaded.source);
  }

  private tryNextSource(track: PlayerTrack, after: number): void {
    const source = this.nextSource(track, after);
    // Beyond the last one there is nothing to load, which `load` reports.
    this.load(track, source);
    if (this.state.status !== "paused") this.startElement();
  }

  /** A sound that was processed again has other addresses; a queue that was restored may have the old ones. */
  private async refreshSources(track: PlayerTrack): Promise<void> {
    const postId = postIdOf(track);
    if (postId === null || this.hasRefreshedSources) return this.fail("gone");
    this.hasRefreshedSources = true;
    const result = await fetchPlayerTrack(postId);
    if (currentTrack(this.state.queue)?.key !== track.key) return;
    if (result.state === "unreachable") return this.retryLater();
    if (result.state !== "found") return this.fail("gone");
    const { queue } = this.state;
    this.set({ queue: { ...queue, tracks: queue.tracks.with(queue.index, result.track) } });
    this.load(result.track, this.nextSource(result.track, -1));
    if (this.state.status !== "paused") this.startElement();
  }

  /** Keeps the position, and goes on when the network is back. */
  private retryLater(): void {
    if (this.state.status === "paused") {
      this.fail("network");
      return;
    }
    this.set({ status: "loading", problem: "network" });
    this.save();
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.retryNow(), this.retryDelayMs);
    this.retryDelayMs = Math.min(this.retryDelayMs * 2, MAX_RETRY_DELAY_MS);
  }

  private retryNow(): void {
    const { problem, status, queue } = this.state;
    const track = currentTrack(queue);
    if (problem !== "network" || status === "paused" || !track) return;
    clearTimeout(this.retryTimer);
    this.load(track, this.loaded?.source ?? null);
    this.startElement();
  }

  private restore(): void {
    const saved = readSavedPlayer(this.viewerId);
    if (!saved || currentTrack(this.state.queue)) return;
    const { positionSeconds, ...rest } = saved;
    this.set({ ...rest, ...beginningOf(saved.queue), positionSeconds });
    this.writeVolume();
  }

  private save(): void {
    this.savedAt = performance.now();
    if (!this.isChanged) return;
    const { status: _status, durationSeconds: _duration, problem: _problem, ...saved } = this.state;
    savePlayer(saved, this.viewerId);
  }

  private set(changes: Partial<PlayerState>): void {
    this.state = { ...this.state, ...changes };
    for (const notify of this.listeners) notify();
  }
}

function beginningOf(queue: Queue): Pick<PlayerState, "positionSeconds" | "durationSeconds" | "problem"> {
  return { positionSeconds: 0, durationSeconds: currentTrack(queue)?.durationSeconds ?? null, problem: null };
}

/** The page's player. On the server it stays empty. */
export const player = new Player();
