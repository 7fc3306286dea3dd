/** Only what was sent within this time counts: a connection's speed changes. */
const WINDOW_MS = 10_000;
/** Before this much was measured a rate would be a guess. */
const MIN_MEASURED_MS = 1_500;

interface Sample {
  at: number;
  loaded: number;
}

/** The current speed of a transfer, from its progress. */
export class TransferRate {
  #samples: Sample[] = [];

  /**
   * @param loaded  bytes sent so far; fewer than before when a part is sent again
   * @param at  ms
   */
  add(loaded: number, at: number): void {
    const last = this.#samples.at(-1);
    if (last && loaded < last.loaded) this.#samples = [];
    this.#samples.push({ at, loaded });
    // The newest sample outside the window stays, so that a slow transfer with rare progress has a rate too.
    while (this.#samples.length > 2 && (this.#samples[1]?.at ?? at) < at - WINDOW_MS) this.#samples.shift();
  }

  /** Forgoes what was measured; the next transfer may be over another network. */
  reset(): void {
    this.#samples = [];
  }

  /** Seconds until all of it is sent at the current speed; null while that is not known. */
  remainingSeconds(total: number): number | null {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (!first || !last || last.at - first.at < MIN_MEASURED_MS) return null;
    const bytesPerMs = (last.loaded - first.loaded) / (last.at - first.at);
    return bytesPerMs > 0 ? Math.max(0, (total - last.loaded) / bytesPerMs / 1_000) : null;
  }
}
