import { log } from "../core/log";
import type { SweepResult } from "./presence-store";

/** After a sweep that Redis did not answer. */
const RETRY_DELAY_MS = 5_000;

/**
 * Runs a sweep at the moment when the first of all people expires, as far as this instance has heard, and only while it
 * has streams open: elsewhere nobody listens. Whatever Redis answers says when that moment is, so while people are
 * heard of in time it moves on and no sweep runs.
 */
export class Sweeper {
  private readonly streams = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private scheduledInMs: number | null = null;

  constructor(
    private readonly sweep: () => Promise<SweepResult>,
    private readonly onExpired: (expired: SweepResult["expired"]) => void,
  ) {}

  /** A stream of this instance is open. */
  addStream(socketId: string): void {
    this.streams.add(socketId);
  }

  /** With the last one the waiting ends. */
  removeStream(socketId: string): void {
    this.streams.delete(socketId);
    if (this.streams.size === 0) this.stop();
  }

  /** Redis has said when the first expires. */
  schedule(nextInMs: number | null): void {
    this.stop();
    this.scheduledInMs = nextInMs;
    if (nextInMs === null || this.streams.size === 0) return;
    // A timer may be a little early.
    this.timer = setTimeout(() => void this.run(), nextInMs + 1);
    this.timer.unref?.();
  }

  /** What it waits for; null: nothing. */
  get nextSweepInMs(): number | null {
    return this.timer === undefined ? null : this.scheduledInMs;
  }

  async run(): Promise<void> {
    this.stop();
    try {
      const { nextInMs, expired } = await this.sweep();
      this.onExpired(expired);
      this.schedule(nextInMs);
    } catch (error) {
      log().debug({ err: error }, "nobody could say who is here no more");
      this.schedule(RETRY_DELAY_MS);
    }
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
