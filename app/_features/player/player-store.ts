import { INITIAL_STATE, type PlayerState } from "./player-state";
import { currentTrack, type Queue } from "./queue";
import { readSavedPlayer, type SavedPlayer, savePlayer } from "./saved-player";

/** How often the position is saved during playback. */
const SAVE_INTERVAL_MS = 5_000;

/**
 * The player's state, as an external store for React, and its copy in the browser's storage, which the next page and
 * other tabs restore.
 */
export class PlayerStore {
  /** Whose player it is; the saved one of another viewer is restored without sounds of chats. */
  viewerId: string | null = null;
  private state: PlayerState = INITIAL_STATE;
  private readonly listeners = new Set<() => void>();
  /** Whether this tab changed something: a tab that only restored must not overwrite what another one saved. */
  private isChanged = false;
  private savedAt = 0;

  readonly getState = (): PlayerState => this.state;

  readonly subscribe = (notify: () => void): (() => void) => {
    this.listeners.add(notify);
    return () => this.listeners.delete(notify);
  };

  /** Sets what need not be saved. */
  set(changes: Partial<PlayerState>): void {
    this.state = { ...this.state, ...changes };
    for (const notify of this.listeners) notify();
  }

  /** Sets what the next `save` saves. */
  change(changes: Partial<PlayerState>): void {
    this.isChanged = true;
    this.set(changes);
  }

  /** Sets and saves settings; the rest of what another tab saved stays as it is, unless this tab has changed it. */
  changeSettings(settings: Partial<Pick<PlayerState, "repeat" | "shortcuts" | "volume" | "muted">>): void {
    this.set(settings);
    const saved = this.isChanged ? null : readSavedPlayer(this.viewerId);
    savePlayer(saved ? { ...saved, ...settings } : this.toSaved(), this.viewerId);
  }

  save(): void {
    this.savedAt = performance.now();
    if (this.isChanged) savePlayer(this.toSaved(), this.viewerId);
  }

  /** Saves every few seconds, for calls during playback. */
  savePeriodically(): void {
    if (performance.now() - this.savedAt > SAVE_INTERVAL_MS) this.save();
  }

  /** From now on the state that another tab saves is the newer one. */
  yieldToOtherTab(): void {
    this.isChanged = false;
  }

  /** Whether another tab's saved state may replace this one. */
  get mayFollow(): boolean {
    return !this.isChanged && this.state.status === "paused";
  }

  /** Restores the saved state. @returns whether there was one */
  restore(): boolean {
    const saved = readSavedPlayer(this.viewerId);
    if (!saved) return false;
    const { positionSeconds, ...rest } = saved;
    // The tab that plays saves every few seconds: following it must not end the notice that it plays.
    const problem = this.state.problem === "otherTab" ? "otherTab" : null;
    this.set({ ...rest, ...beginningOf(saved.queue), positionSeconds, problem });
    return true;
  }

  private toSaved(): SavedPlayer {
    const { status: _status, durationSeconds: _duration, problem: _problem, ...saved } = this.state;
    return saved;
  }
}

/** The state at the beginning of the queue's current track. */
export function beginningOf(
  queue: Queue,
): Pick<PlayerState, "positionSeconds" | "durationSeconds" | "problem"> {
  return { positionSeconds: 0, durationSeconds: currentTrack(queue)?.durationSeconds ?? null, problem: null };
}
