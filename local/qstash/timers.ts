import type { Clock } from "./clock";

interface Timer {
  readonly at: number;
  /** Breaks ties, so that the timer that was set first fires first. */
  readonly order: number;
  readonly fn: () => void;
  canceled: boolean;
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/**
 * Any number of timers on one timer of the clock: a binary heap, so setting and firing cost O(log n), and a hundred
 * thousand delayed messages cost no CPU while they wait.
 */
export class Timers {
  private heap: Timer[] = [];
  private canceledCount = 0;
  private order = 0;
  private armedFor = Number.POSITIVE_INFINITY;
  private disarm: () => void = () => {};

  constructor(private readonly clock: Clock) {}

  /** Runs `fn` at unix time `at` (ms), or as soon as possible if that is past. Returns a function that cancels it. */
  at(at: number, fn: () => void): () => void {
    const timer: Timer = { at, order: this.order++, fn, canceled: false };
    this.push(timer);
    this.arm();
    return () => {
      if (timer.canceled) return;
      timer.canceled = true;
      this.canceledCount++;
      this.sweep();
    };
  }

  /** Cancels every timer. */
  clear(): void {
    this.disarm();
    this.heap = [];
    this.canceledCount = 0;
    this.armedFor = Number.POSITIVE_INFINITY;
  }

  private arm(): void {
    const next = this.heap[0];
    if (!next) {
      this.disarm();
      this.armedFor = Number.POSITIVE_INFINITY;
      return;
    }
    if (next.at === this.armedFor) return;
    this.disarm();
    this.armedFor = next.at;
    this.disarm = this.clock.after(next.at - this.clock.now(), () => this.fire());
  }

  private fire(): void {
    this.armedFor = Number.POSITIVE_INFINITY;
    const now = this.clock.now();
    for (let next = this.heap[0]; next && next.at <= now; next = this.heap[0]) {
      this.pop();
      if (next.canceled) {
        this.canceledCount--;
        continue;
      }
      next.canceled = true; // so that canceling it later is not counted
      next.fn();
    }
    this.arm();
  }

  /** Canceled timers stay in the heap until they are half of it. */
  private sweep(): void {
    if (this.canceledCount < 64 || this.canceledCount * 2 < this.heap.length) return;
    const kept = this.heap.filter((timer) => !timer.canceled);
    this.heap = [];
    this.canceledCount = 0;
    for (const timer of kept) this.push(timer);
    this.arm();
  }

  private push(timer: Timer): void {
    const heap = this.heap;
    let index = heap.length;
    heap.push(timer);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (!parent || !isBefore(timer, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = timer;
  }

  private pop(): void {
    const heap = this.heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const leftIndex = 2 * index + 1;
      const left = heap[leftIndex];
      if (!left) break;
      const right = heap[leftIndex + 1];
      const childIndex = right && isBefore(right, left) ? leftIndex + 1 : leftIndex;
      const child = childIndex === leftIndex ? left : right;
      if (!child || !isBefore(child, last)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }
}
