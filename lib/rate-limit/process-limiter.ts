import { now } from "../core/clock";
import type { Policy } from "./policies";

export interface Verdict {
  allowed: boolean;
  remaining: number;
  /** When the window ends; milliseconds since the epoch. */
  resetAt: number;
  /** Decided by this process alone, because Redis did not answer in time. */
  degraded: boolean;
}

/** Above this many callers the oldest windows go: memory is bounded, and an attacker gains one window. */
const MOST_CALLERS = 10_000;

/** A fixed window in this process's memory: what decides while Redis is away. */
export class ProcessLimiter {
  private readonly windows = new Map<string, { used: number; resetAt: number }>();

  constructor(private readonly policy: Policy) {}

  take(caller: string): Verdict {
    const time = now();
    let window = this.windows.get(caller);
    if (!window || window.resetAt <= time) {
      this.windows.delete(caller);
      window = { used: 0, resetAt: time + this.policy.windowSeconds * 1000 };
      this.windows.set(caller, window);
      const oldest = this.windows.keys().next();
      if (this.windows.size > MOST_CALLERS && !oldest.done) this.windows.delete(oldest.value);
    }
    const allowed = window.used < this.policy.limit;
    if (allowed) window.used += 1;
    return { allowed, remaining: this.policy.limit - window.used, resetAt: window.resetAt, degraded: true };
  }
}
