/** The one source of time and timers, so that a test can turn a day's backoff into no wait at all. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number;
  /** Runs `fn` once, `delayMs` from now. Returns what cancels it. */
  after(delayMs: number, fn: () => void): () => void;
}

/** The longest delay `setTimeout` takes; a larger one would fire at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, fn) {
    const timer = setTimeout(fn, Math.min(Math.max(0, delayMs), MAX_TIMEOUT_MS));
    return () => clearTimeout(timer);
  },
};
