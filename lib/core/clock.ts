/** A source of time that tests can replace. */
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

/** For tests: replaces the clock. @returns a function that restores the system's clock */
export function setClock(clock: Clock): () => void {
  currentClock = clock;
  return () => {
    currentClock = systemClock;
  };
}
