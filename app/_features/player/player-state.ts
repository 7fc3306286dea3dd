import { EMPTY_QUEUE, type Queue, type Repeat } from "./queue";
import type { SoundProblem } from "./sound-output";

/** `otherTab`: another tab began to play. After `network` the player goes on by itself unless it is paused. */
export type PlayerProblem = SoundProblem | "otherTab";

export interface PlayerState {
  readonly queue: Queue;
  readonly repeat: Repeat;
  /** `loading`: playback was requested and has not begun, or waits for data. */
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
