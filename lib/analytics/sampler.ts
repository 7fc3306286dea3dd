import { now } from "../core/clock";

const WINDOW_MS = 60_000;

/**
 * Decides which events of a minute are stored, so that a flood is counted without a row for each event. The first
 * `whole` of a minute are all stored, then every tenth up to ten times as many, every hundredth up to a hundred times,
 * and so on. A stored one counts for those that were not, so a minute's sum is at most a tenth too small.
 *
 * @returns a function that is called once per event and returns what to store it as: its weight, or 0 not to store it
 */
export function createSampler(whole: number): () => number {
  let window = 0;
  let received = 0;
  return () => {
    const currentWindow = Math.floor(now() / WINDOW_MS);
    if (currentWindow !== window) [window, received] = [currentWindow, 0];
    received += 1;
    let weight = 1;
    while (received > whole * weight) weight *= 10;
    return received % weight === 0 ? weight : 0;
  };
}
