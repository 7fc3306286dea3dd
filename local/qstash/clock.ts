/** The only source of time and timers, so that a test can skip a backoff of a day. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number;
  /** Runs `fn` once, after `delayMs`. Returns a function that cancels it. */
  after(delayMs: number, fn: () => void): () => void;
}

/** The longest delay of `setTimeout`; a longer one would fire immediately. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, fn) {
    const timer = setTimeout(fn, Math.min(Math.max(0, delayMs), MAX_TIMEOUT_MS));
    return () => clearTimeout(timer);
  },
};
