import { log } from "../core/log";
import type { SweepResult } from "./presence-store";

/** Delay after a sweep that failed. */
const RETRY_DELAY_MS = 5_000;

/**
 * Runs a sweep when the first of all present users is due to expire, and only while this instance has open streams, as
 * it otherwise has no subscribers. Every reply of Redis contains that time, so heartbeats that arrive in time postpone
 * the sweep.
 */
export class Sweeper {
  private readonly streams = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private scheduledInMs: number | null = null;

  constructor(
    private readonly sweep: () => Promise<SweepResult>,
    private readonly onExpired: (expired: SweepResult["expired"]) => void,
  ) {}

  /** Registers an open stream of this instance. */
  addStream(socketId: string): void {
    this.streams.add(socketId);
  }

  /** Unregisters a stream; the last one cancels the scheduled sweep. */
  removeStream(socketId: string): void {
    this.streams.delete(socketId);
    if (this.streams.size === 0) this.stop();
  }

  /** @param nextInMs  time until the first user expires, as Redis replied; null when no user is present */
  schedule(nextInMs: number | null): void {
    this.stop();
    this.scheduledInMs = nextInMs;
    if (nextInMs === null || this.streams.size === 0) return;
    // A timer may fire up to 1 ms early.
    this.timer = setTimeout(() => void this.run(), nextInMs + 1);
    this.timer.unref?.();
  }

  /** Delay of the scheduled sweep; null when none is scheduled. */
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
      log().debug({ err: error }, "presence sweep failed: Redis unavailable");
      this.schedule(RETRY_DELAY_MS);
    }
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
