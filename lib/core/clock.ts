/** The time, where a test must be able to control it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

const systemClock: Clock = { now: () => Date.now() };
let currentClock: Clock = systemClock;

/** Milliseconds since the epoch. */
export function now(): number {
  return currentClock.now();
}

/** For tests: replaces the clock and returns what puts the system's back. */
export function setClock(clock: Clock): () => void {
  currentClock = clock;
  return () => {
    currentClock = systemClock;
  };
}
