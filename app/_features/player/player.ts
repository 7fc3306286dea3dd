import { ListeningMeter } from "./listening-meter";
import { PlayReporter } from "./play-reporter";
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
import {
  readSavedPlayer,
  type SavedPlayer,
  savePlayer,
  watchSavedPlayer,
  withoutPrivate,
} from "./saved-player";
import { SoundOutput, type SoundProblem } from "./sound-output";
import { openTabMessages, type TabMessages } from "./tab-messages";

/** `otherTab`: another tab began to play. After `network` the player goes on by itself unless it is paused. */
export type PlayerProblem = SoundProblem | "otherTab";

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

/**
 * The one player of a page: a queue and its settings, played by the shell's audio element ({@link SoundOutput}). An
 * external store: `subscribe` and `getState` are what React needs.
 */
export class Player {
  private state = INITIAL_STATE;
  private readonly listeners = new Set<() => void>();
  private output: SoundOutput | null = null;
  private tabs: TabMessages | null = null;
  private viewerId: string | null = null;
  /** Of the current listen: from its start, or its repetition, to its end. */
  private meter = new ListeningMeter();
  private readonly reporter = new PlayReporter();
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
    this.viewerId = viewerId;
    const output = new SoundOutput(audio, {
      onPlaying: () => this.set({ status: "playing", problem: null }),
      onWaiting: () => this.onWaiting(),
      onPaused: () => this.onPaused(),
      onEnded: () => this.onEnded(),
      onPosition: (positionSeconds) => this.onPosition(positionSeconds),
      onDuration: (durationSeconds) => this.set({ durationSeconds }),
      onSeeking: () => this.meter.interrupt(),
      onProblem: (problem) => this.onPaused(problem),
      onRetrying: () => this.onRetrying(),
      onTrack: (track) => this.onTrack(track),
    });
    const tabs = openTabMessages(() => this.onOtherTabPlays());
    const save = () => this.save();
    window.addEventListener("pagehide", save);
    const stopWatching = watchSavedPlayer(() => this.onSavedByOtherTab());
    this.output = output;
    this.tabs = tabs;
    this.restore();
    return () => {
      this.save();
      window.removeEventListener("pagehide", save);
      stopWatching();
      output.close();
      tabs.close();
      this.output = null;
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
   * Plays a track, or goes on with it if it is the current one. As everything that starts playback, it must be called
   * within a gesture.
   *
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

  /** Plays tracks from the first one on, as the whole queue; goes on with the first if it is the current one. */
  playAll(tracks: readonly PlayerTrack[]): void {
    const [first, ...following] = tracks;
    if (!first) return;
    const queue = startQueue(first, following);
    if (currentTrack(this.state.queue)?.key === first.key) {
      this.set({ queue });
      this.resume();
    } else this.start(queue);
  }

  /** Plays what stands in the queue. */
  playAt(index: number): void {
    if (index === this.state.queue.index) this.resume();
    else this.start({ ...this.state.queue, index });
  }

  resume(): void {
    const track = currentTrack(this.state.queue);
    if (!this.output || !track) return;
    this.isChanged = true;
    this.tabs?.announcePlaying();
    this.set({ status: "loading", problem: null });
    this.output.play(track, this.state.positionSeconds);
  }

  pause(): void {
    this.output?.pause();
    this.onPaused(this.state.problem);
  }

  toggle(): void {
    if (this.state.status === "paused") this.resume();
    else this.pause();
  }

  /** Also while nothing is loaded: playback then starts there. */
  seek(positionSeconds: number): void {
    const { durationSeconds, status } = this.state;
    const position = Math.max(0, Math.min(positionSeconds, durationSeconds ?? Number.MAX_VALUE));
    this.meter.interrupt();
    this.change({ positionSeconds: position });
    this.output?.seek(position);
    if (status === "paused") this.save();
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
    if (currentTrack(queue)?.key !== key) this.change({ queue: rest });
    else if (status === "paused" || rest.index < 0) this.show(rest);
    else this.start(rest);
    this.save();
  }

  /** Empties the queue, and the bar goes. */
  clear(): void {
    this.show(EMPTY_QUEUE);
  }

  nextRepeat(): void {
    const at = REPEATS.indexOf(this.state.repeat);
    this.changeSettings({ repeat: REPEATS[(at + 1) % REPEATS.length] ?? "off" });
  }

  setShortcuts(shortcuts: boolean): void {
    this.changeSettings({ shortcuts });
  }

  /** @param volume  0 to 1; more than 0 also turns the sound on */
  setVolume(volume: number): void {
    this.changeSettings({ volume: Math.max(0, Math.min(1, volume)), muted: volume <= 0 });
  }

  toggleMuted(): void {
    const { muted, volume } = this.state;
    // Turned down to nothing by hand: turning it on must be audible.
    this.changeSettings(muted && volume === 0 ? { volume: 1, muted: false } : { muted: !muted });
  }

  private changeSettings(
    settings: Partial<Pick<PlayerState, "repeat" | "shortcuts" | "volume" | "muted">>,
  ): void {
    this.set(settings);
    this.output?.setVolume(this.state.volume, this.state.muted);
    const saved = this.isChanged ? null : readSavedPlayer(this.viewerId);
    savePlayer(saved ? { ...saved, ...settings } : this.toSaved(), this.viewerId);
  }

  /** Another place in the queue, playing or not as before. */
  private goTo(index: number): void {
    const queue = { ...this.state.queue, index };
    if (this.state.status === "paused") this.show(queue);
    else this.start(queue);
  }

  /** Makes the queue's current track the current one, without playing it. */
  private show(queue: Queue): void {
    this.output?.stop();
    this.meter = new ListeningMeter();
    this.change({ queue, status: "paused", ...beginningOf(queue) });
    this.save();
  }

  private start(queue: Queue, positionSeconds = 0): void {
    this.show(queue);
    this.set({ positionSeconds });
    this.resume();
  }

  private onPaused(problem: PlayerProblem | null = null): void {
    this.meter.interrupt();
    this.set({ status: "paused", problem });
    this.save();
  }

  private onWaiting(): void {
    this.meter.interrupt();
    if (this.state.status === "playing") this.set({ status: "loading" });
  }

  private onRetrying(): void {
    this.meter.interrupt();
    this.set({ status: "loading", problem: "network" });
    this.save();
  }

  private onTrack(track: PlayerTrack): void {
    const { queue } = this.state;
    this.change({ queue: { ...queue, tracks: queue.tracks.with(queue.index, track) } });
  }

  private onPosition(positionSeconds: number): void {
    this.set({ positionSeconds });
    const track = currentTrack(this.state.queue);
    if (this.state.status !== "playing" || !track) return;
    this.meter.advance(positionSeconds, performance.now());
    const postId = postIdOf(track);
    if (postId !== null && this.viewerId !== null && this.meter.isPlay(this.state.durationSeconds))
      void this.report(this.meter, postId);
    if (performance.now() - this.savedAt > SAVE_INTERVAL_MS) this.save();
  }

  private async report(meter: ListeningMeter, postId: string): Promise<void> {
    if (await this.reporter.report(postId)) meter.settle();
  }

  private onEnded(): void {
    this.meter = new ListeningMeter();
    const { queue, repeat } = this.state;
    const index = repeat === "one" ? queue.index : nextIndex(queue, repeat);
    if (index !== null && index !== queue.index) {
      this.start({ ...queue, index });
      return;
    }
    this.set({ positionSeconds: 0 });
    this.output?.seek(0);
    if (index === null) this.onPaused();
    else this.resume();
  }

  private onOtherTabPlays(): void {
    // From now on that tab knows better what was played last.
    this.isChanged = false;
    if (this.state.status === "paused") return;
    this.pause();
    this.set({ problem: "otherTab" });
  }

  /** A tab that only waits follows the one that plays, so that going on here goes on where that one stopped. */
  private onSavedByOtherTab(): void {
    if (!this.isChanged && this.state.status === "paused") this.showSaved();
  }

  private restore(): void {
    if (!currentTrack(this.state.queue)) this.showSaved();
  }

  private showSaved(): void {
    const saved = readSavedPlayer(this.viewerId);
    if (!saved) return;
    const { positionSeconds, ...rest } = saved;
    this.set({ ...rest, ...beginningOf(saved.queue), positionSeconds });
    this.output?.setVolume(saved.volume, saved.muted);
  }

  private save(): void {
    this.savedAt = performance.now();
    if (this.isChanged) savePlayer(this.toSaved(), this.viewerId);
  }

  private toSaved(): SavedPlayer {
    const { status: _status, durationSeconds: _duration, problem: _problem, ...saved } = this.state;
    return saved;
  }

  /** A change that is worth saving. */
  private change(changes: Partial<PlayerState>): void {
    this.isChanged = true;
    this.set(changes);
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
