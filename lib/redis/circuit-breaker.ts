import { now } from "../core/clock";

/** This many consecutive failures open the breaker. */
const FAILURE_THRESHOLD = 3;
/** Time from opening to the first probe; it doubles with every failed probe. */
const INITIAL_OPEN_MS = 1_000;
/** With the probe's own limit of 1 s, a recovered backend is used again within 5 s. */
const MAX_OPEN_MS = 3_000;

export type BreakerState = "closed" | "open";

/**
 * A circuit breaker: after a few consecutive failures callers no longer wait for the backend, and one call
 * at a time probes it. While it is open, a refusal costs one method call. From M. Nygard, *Release It!*.
 */
export class CircuitBreaker {
  private failures = 0;
  /** Null: closed. */
  private openedAt: number | null = null;
  private openMs = INITIAL_OPEN_MS;
  private probing = false;

  constructor(private readonly onChange: (state: BreakerState) => void = () => {}) {}

  get state(): BreakerState {
    return this.openedAt === null ? "closed" : "open";
  }

  /** Whether a call may be sent now. Every `true` must be followed by `recordSuccess` or `recordFailure`. */
  mayCall(): boolean {
    if (this.openedAt === null) return true;
    const elapsedMs = now() - this.openedAt;
    // A negative time means the clock was set back: probe now, or the breaker stays open until it catches up.
    if (this.probing || (elapsedMs >= 0 && elapsedMs < this.openMs)) return false;
    this.probing = true;
    return true;
  }

  recordSuccess(): void {
    const wasOpen = this.openedAt !== null;
    this.failures = 0;
    this.openedAt = null;
    this.openMs = INITIAL_OPEN_MS;
    this.probing = false;
    if (wasOpen) this.onChange("closed");
  }

  recordFailure(): void {
    const wasOpen = this.openedAt !== null;
    this.failures += 1;
    if (!wasOpen && this.failures < FAILURE_THRESHOLD) return;
    // Calls in flight when the breaker opened fail too; only a failed probe keeps it open longer.
    if (wasOpen && !this.probing) return;
    if (wasOpen) this.openMs = Math.min(this.openMs * 2, MAX_OPEN_MS);
    this.openedAt = now();
    this.probing = false;
    if (!wasOpen) this.onChange("open");
  }
}
