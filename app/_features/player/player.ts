import { ListeningMeter } from "./listening-meter";
import { PlayReporter } from "./play-reporter";
import type { PlayerProblem, PlayerState } from "./player-state";
import { watchSavedPlayer } from "./player-storage";
import { beginningOf, PlayerStore } from "./player-store";
import { isPrivate, type PlayerTrack, postIdOf } from "./player-track";
import {
  currentTrack,
  EMPTY_QUEUE,
  goToTrack,
  nextIndex,
  previousIndex,
  type Queue,
  REPEATS,
  removeTrack,
  startQueue,
} from "./queue";
import { withoutPrivate } from "./saved-player";
import { SoundOutput } from "./sound-output";
import { openTabMessages, type TabMessages } from "./tab-messages";

/** From here on "previous" starts the track again. */
const RESTART_AFTER_SECONDS = 3;

/**
 * The one player of a page: a queue and its settings ({@link PlayerStore}), played by the shell's audio element
 * ({@link SoundOutput}). `subscribe` and `getState` make it an external store for React.
 */
export class Player {
  private readonly store = new PlayerStore();
  private output: SoundOutput | null = null;
  private tabs: TabMessages | null = null;
  /** Of the current listen: from its start, or its repetition, to its end. */
  private meter = new ListeningMeter();
  private readonly reporter = new PlayReporter();

  readonly getState = this.store.getState;
  readonly subscribe = this.store.subscribe;

  private get state(): PlayerState {
    return this.store.getState();
  }

  /**
   * Connects the page's audio element, and restores the state that an earlier page saved.
   * @returns disconnects
   */
  attach(audio: HTMLAudioElement, viewerId: string | null): () => void {
    this.store.viewerId = viewerId;
    const output = new SoundOutput(audio, {
      onPlaying: () => this.store.set({ status: "playing", problem: null }),
      onWaiting: () => this.onWaiting(),
      onPaused: () => this.onPaused(),
      onEnded: () => this.onEnded(),
      onPosition: (positionSeconds) => this.onPosition(positionSeconds),
      onDuration: (durationSeconds) => this.store.set({ durationSeconds }),
      onSeeking: () => this.meter.interrupt(),
      onProblem: (problem) => this.onPaused(problem),
      onRetrying: () => this.onRetrying(),
      onTrack: (track) => this.onTrack(track),
    });
    const tabs = openTabMessages({
      onOtherPlays: () => this.onOtherTabPlays(),
      onOtherPaused: () => this.onOtherTabPaused(),
    });
    const leave = () => {
      this.store.save();
      this.announcePaused();
    };
    window.addEventListener("pagehide", leave);
    const stopWatching = watchSavedPlayer(() => this.onSavedByOtherTab());
    this.output = output;
    this.tabs = tabs;
    if (!currentTrack(this.state.queue)) this.restore();
    return () => {
      leave();
      window.removeEventListener("pagehide", leave);
      stopWatching();
      output.close();
      tabs.close();
      this.output = null;
    };
  }

  /** Sounds of chats do not outlive the session in which they were played. */
  setViewer(viewerId: string | null): void {
    if (this.store.viewerId === viewerId) return;
    this.store.viewerId = viewerId;
    const track = currentTrack(this.state.queue);
    const queue = withoutPrivate(this.state.queue);
    if (track && isPrivate(track)) this.stopWith(queue);
    else this.store.set({ queue });
    this.store.save();
  }

  /**
   * Plays a track, or goes on with it if it is the current one. As everything that starts playback, it must be called
   * within a gesture.
   *
   * @param following  replaces the queue; without it the track is put into the queue
   * @param positionSeconds  where to start; by default where it is
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
      this.store.set({ queue });
      this.resume();
    } else this.start(queue);
  }

  /** Plays the track at an index of the queue. */
  playAt(index: number): void {
    if (index === this.state.queue.index) this.resume();
    else this.start({ ...this.state.queue, index });
  }

  resume(): void {
    const track = currentTrack(this.state.queue);
    if (!this.output || !track) return;
    this.tabs?.announcePlaying();
    this.store.change({ status: "loading", problem: null });
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

  /** Works before anything is loaded, too: playback then starts there. */
  seek(positionSeconds: number): void {
    const { durationSeconds, status } = this.state;
    const position = Math.max(0, Math.min(positionSeconds, durationSeconds ?? Number.MAX_VALUE));
    this.meter.interrupt();
    this.store.change({ positionSeconds: position });
    this.output?.seek(position);
    if (status === "paused") this.store.save();
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
    if (currentTrack(queue)?.key !== key) this.store.change({ queue: rest });
    else if (status === "paused" || rest.index < 0) this.stopWith(rest);
    else this.start(rest);
    this.store.save();
  }

  /** Empties the queue, which hides the bar. */
  clear(): void {
    this.stopWith(EMPTY_QUEUE);
  }

  nextRepeat(): void {
    const at = REPEATS.indexOf(this.state.repeat);
    this.store.changeSettings({ repeat: REPEATS[(at + 1) % REPEATS.length] ?? "off" });
  }

  setShortcuts(shortcuts: boolean): void {
    this.store.changeSettings({ shortcuts });
  }

  /** @param volume  0 to 1; more than 0 also turns the sound on */
  setVolume(volume: number): void {
    this.changeVolume({ volume: Math.max(0, Math.min(1, volume)), muted: volume <= 0 });
  }

  toggleMuted(): void {
    const { muted, volume } = this.state;
    // The volume was set to 0 by hand: unmuting must be audible.
    this.changeVolume(muted && volume === 0 ? { volume: 1, muted: false } : { muted: !muted });
  }

  private changeVolume(settings: Partial<Pick<PlayerState, "volume" | "muted">>): void {
    this.store.changeSettings(settings);
    this.applyVolume();
  }

  private applyVolume(): void {
    this.output?.setVolume(this.state.volume, this.state.muted);
  }

  /** Goes to another track of the queue, and plays it if the player plays. */
  private goTo(index: number): void {
    const queue = { ...this.state.queue, index };
    if (this.state.status === "paused") this.show(queue);
    else this.start(queue);
  }

  /** Makes the queue's current track the current one, without playing it. */
  private show(queue: Queue): void {
    this.output?.stop();
    this.meter = new ListeningMeter();
    this.store.change({ queue, status: "paused", ...beginningOf(queue) });
    this.store.save();
  }

  /** Ends playback, with this queue for the next one. */
  private stopWith(queue: Queue): void {
    this.announcePaused();
    this.show(queue);
  }

  private start(queue: Queue, positionSeconds = 0): void {
    this.show(queue);
    this.store.set({ positionSeconds });
    this.resume();
  }

  private onPaused(problem: PlayerProblem | null = null): void {
    this.announcePaused();
    this.stopAt(problem);
  }

  private announcePaused(): void {
    if (this.state.status !== "paused") this.tabs?.announcePaused();
  }

  private stopAt(problem: PlayerProblem | null): void {
    this.meter.interrupt();
    this.store.set({ status: "paused", problem });
    this.store.save();
  }

  private onWaiting(): void {
    this.meter.interrupt();
    if (this.state.status === "playing") this.store.set({ status: "loading" });
  }

  private onRetrying(): void {
    this.meter.interrupt();
    this.store.set({ status: "loading", problem: "network" });
    this.store.save();
  }

  private onTrack(track: PlayerTrack): void {
    const { queue } = this.state;
    this.store.change({ queue: { ...queue, tracks: queue.tracks.with(queue.index, track) } });
  }

  private onPosition(positionSeconds: number): void {
    this.store.set({ positionSeconds });
    const track = currentTrack(this.state.queue);
    if (this.state.status !== "playing" || !track) return;
    this.meter.advance(positionSeconds, performance.now());
    const postId = postIdOf(track);
    if (postId !== null && this.store.viewerId !== null && this.meter.isPlay(this.state.durationSeconds))
      void this.report(this.meter, postId);
    this.store.savePeriodically();
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
    this.store.set({ positionSeconds: 0 });
    this.output?.seek(0);
    if (index === null) this.onPaused();
    else this.resume();
  }

  private onOtherTabPlays(): void {
    this.store.yieldToOtherTab();
    if (this.state.status === "paused") return;
    this.output?.pause();
    this.stopAt("otherTab");
  }

  private onOtherTabPaused(): void {
    if (this.state.problem === "otherTab") this.store.set({ problem: null });
  }

  /** A paused tab follows the one that plays, so that resuming here continues where that one stopped. */
  private onSavedByOtherTab(): void {
    if (this.store.mayFollow) this.restore();
  }

  private restore(): void {
    if (this.store.restore()) this.applyVolume();
  }
}

/** The page's player, for what loads together with it; everything else uses {@link pagePlayer}. */
export const player = new Player();
