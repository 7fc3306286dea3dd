import { now } from "../core/clock";

/** This many failures in a row open it. */
const FAILURE_THRESHOLD = 3;
/** How long it stays open at first; doubles with every failed probe. */
const INITIAL_OPEN_MS = 1_000;
/** With a probe's own second on top, a backend that is back is used again within 5 s. */
const MAX_OPEN_MS = 3_000;

export type BreakerState = "closed" | "open";

/**
 * A circuit breaker: after a few failures in a row nobody waits for the backend any more, and one call
 * at a time probes whether it is back. With it open a refusal costs no more than this method call.
 * From M. Nygard, *Release It!*.
 */
export class CircuitBreaker {
  private failures = 0;
  /** null: closed */
  private openedAt: number | null = null;
  private openMs = INITIAL_OPEN_MS;
  private probing = false;

  constructor(private readonly onChange: (state: BreakerState) => void = () => {}) {}

  get state(): BreakerState {
    return this.openedAt === null ? "closed" : "open";
  }

  /** Whether a call may go out now. Every `true` must be followed by `succeeded` or `failed`. */
  mayCall(): boolean {
    if (this.openedAt === null) return true;
    const elapsedMs = now() - this.openedAt;
    // A clock that was set back would keep it open until it has caught up.
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
    // Calls that were under way when it opened fail too; only the probe's failure prolongs it.
    if (wasOpen && !this.probing) return;
    if (wasOpen) this.openMs = Math.min(this.openMs * 2, MAX_OPEN_MS);
    this.openedAt = now();
    this.probing = false;
    if (!wasOpen) this.onChange("open");
  }
}
