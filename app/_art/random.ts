/** A repeatable sequence of numbers in [0, 1): the same seed gives the same picture on server and client. */
export type Random = () => number;

/** FNV-1a with a final mix, so that ids that differ in one character (UUIDs of one second) get distant hashes. */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** mulberry32: 32 bits of state are enough for a drawing. */
export function seededRandom(seed: string): Random {
  let state = hash(seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function randomBetween(random: Random, low: number, high: number): number {
  return low + random() * (high - low);
}

export function randomInteger(random: Random, low: number, high: number): number {
  return Math.floor(randomBetween(random, low, high + 1));
}

export function pickRandom<T>(random: Random, choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(random() * choices.length)] ?? choices[0];
}

/**
 * Rounds to a tenth of a unit: this keeps the markup small, and hides the last-digit differences between
 * the maths of two JavaScript engines, which would break hydration.
 */
export function roundCoordinate(value: number): number {
  return Math.round(value * 10) / 10;
}
