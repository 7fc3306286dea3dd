import type { Player } from "./player";
import { INITIAL_STATE, type PlayerState } from "./player-state";
import { hasSavedTrack, watchSavedPlayer } from "./player-storage";
import type { PlayerTrack } from "./player-track";

/** The page's audio element, and who listens. */
interface Host {
  audio: HTMLAudioElement;
  viewerId: string | null;
}

/**
 * The page's player, whose script ({@link Player}) loads when there is something to play: a track that an earlier page or
 * another tab left, or the first one that is pressed. `subscribe` and `getState` make it an external store for React. On
 * the server it stays empty.
 */
class PagePlayer {
  private host: Host | null = null;
  private player: Player | null = null;
  private loading: Promise<Player> | null = null;
  private detachPlayer: (() => void) | null = null;
  /** Until the script is there. */
  private state = INITIAL_STATE;
  private readonly listeners = new Set<() => void>();

  readonly getState = (): PlayerState => this.player?.getState() ?? this.state;

  readonly subscribe = (notify: () => void): (() => void) => {
    this.listeners.add(notify);
    return () => this.listeners.delete(notify);
  };

  /** Connects the page's audio element. @returns disconnects */
  attach(audio: HTMLAudioElement, viewerId: string | null): () => void {
    this.host = { audio, viewerId };
    if (this.player) this.attachPlayer(this.player);
    else if (hasSavedTrack()) this.preload();
    const stopWatching = watchSavedPlayer(() => {
      if (hasSavedTrack()) this.preload();
    });
    return () => {
      stopWatching();
      this.detachPlayer?.();
      this.detachPlayer = this.host = null;
    };
  }

  setViewer(viewerId: string | null): void {
    if (this.host) this.host.viewerId = viewerId;
    this.player?.setViewer(viewerId);
  }

  /** Loads the script, for a track that will probably be played. */
  readonly preload = (): void => {
    this.load().catch(() => undefined);
  };

  /** See {@link Player.play}. Call it within a gesture, as that one. */
  play(track: PlayerTrack, following?: readonly PlayerTrack[], positionSeconds?: number): void {
    this.start(track, (player) => player.play(track, following, positionSeconds));
  }

  /** See {@link Player.playAll}. */
  playAll(tracks: readonly PlayerTrack[]): void {
    if (tracks[0]) this.start(tracks[0], (player) => player.playAll(tracks));
  }

  /** Controls what plays. Does nothing before the script was asked for; while it loads, waits for it. */
  control(change: (player: Player) => void): void {
    if (this.player) change(this.player);
    else this.loading?.then(change, () => undefined);
  }

  private start(track: PlayerTrack, play: (player: Player) => void): void {
    if (this.player) {
      play(this.player);
      return;
    }
    // A load within the gesture is what lets iOS play later, when the script is there.
    this.host?.audio.load();
    this.show({ ...INITIAL_STATE, queue: { tracks: [track], index: 0 }, status: "loading" });
    this.load().then(play, () => this.show(INITIAL_STATE));
  }

  private load(): Promise<Player> {
    this.loading ??= import("./player").then(
      ({ player }) => {
        this.player = player;
        player.subscribe(this.notify);
        this.attachPlayer(player);
        this.notify();
        return player;
      },
      (error: unknown) => {
        // A failed load is tried again by the next call.
        this.loading = null;
        throw error;
      },
    );
    return this.loading;
  }

  private attachPlayer(player: Player): void {
    if (this.host) this.detachPlayer = player.attach(this.host.audio, this.host.viewerId);
  }

  private show(state: PlayerState): void {
    this.state = state;
    this.notify();
  }

  private readonly notify = (): void => {
    for (const notify of this.listeners) notify();
  };
}

export const pagePlayer = new PagePlayer();
