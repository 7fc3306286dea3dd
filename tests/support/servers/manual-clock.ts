import type { Clock } from "@/local/qstash";

/** A clock that only `advance` moves, so that tests can skip a backoff of a day. */
export class ManualClock implements Clock {
  private timers: { at: number; order: number; fn: () => void }[] = [];
  private order = 0;

  /** Starts at the real time by default: the SDK checks signatures against it. */
  constructor(private time = Date.now()) {}

  now(): number {
    return this.time;
  }

  /** When the next timer is due; Infinity without timers. */
  get nextAt(): number {
    return Math.min(...this.timers.map(({ at }) => at));
  }

  after(delayMs: number, fn: () => void): () => void {
    const timer = { at: this.time + Math.max(0, delayMs), order: this.order++, fn };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Moves the time forward and runs due timers in order, each at its time. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = this.timers.filter((timer) => timer.at <= end);
      const [next] = due.sort((a, b) => a.at - b.at || a.order - b.order);
      if (!next) break;
      this.timers = this.timers.filter((other) => other !== next);
      this.time = Math.max(this.time, next.at);
      next.fn();
    }
    this.time = end;
  }
}
