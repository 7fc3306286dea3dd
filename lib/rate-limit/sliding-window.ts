/**
 * Tokens taken within one second (within a sixtieth of a window of less than a minute); all count from the last of
 * them, as in lib/rate-limit/scripts.ts.
 */
export interface Slot {
  /** ms since the epoch */
  at: number;
  taken: number;
  /** How many of them Redis has not been told of. */
  owed: number;
}

/** When one caller's tokens of one limit were taken in this process, oldest first. */
export class Tally {
  private slots: Slot[] = [];
  /** Redis said that there is nothing left until then (ms since the epoch). */
  private blockedUntil = 0;

  /** How long a slot is. */
  private readonly grainMs: number;

  constructor(
    private readonly limit: number,
    private readonly windowMs: number,
  ) {
    this.grainMs = Math.min(1000, Math.max(1, Math.floor(windowMs / 60)));
  }

  /** Whether this process may let one more through, whatever Redis says. */
  hasRoom(time: number): boolean {
    this.forget(time);
    return this.used() < this.limit;
  }

  /** What is left now, as far as this process knows. */
  remaining(time: number): number {
    this.forget(time);
    if (this.blockedUntil > time) return 0;
    return this.limit - this.used();
  }

  /** When the next token comes back; `time` when all are there. */
  resetAt(time: number): number {
    this.forget(time);
    const [oldest] = this.slots;
    const at = oldest ? oldest.at + this.windowMs : time;
    if (this.blockedUntil <= time) return at;
    // Redis knows of all processes; this one may have more to say only when it is spent by itself.
    return this.used() < this.limit ? this.blockedUntil : Math.max(at, this.blockedUntil);
  }

  /** Counts one token, and returns where, so that it can be declared known to Redis later. */
  add(time: number, owed: 0 | 1): Slot {
    const last = this.slots.at(-1);
    if (last && (last.at >= time || this.slotOf(last.at) === this.slotOf(time))) {
      last.at = Math.max(last.at, time);
      last.taken += 1;
      last.owed += owed;
      return last;
    }
    const slot = { at: time, taken: 1, owed };
    this.slots.push(slot);
    return slot;
  }

  /**
   * Takes one token out again, and lets a caller in whom Redis would not: it has one more to give now.
   * @returns whether Redis has been told of it
   */
  remove(slot: Slot, owed: 0 | 1): boolean {
    const isTold = owed === 0 || slot.owed === 0;
    slot.taken -= 1;
    if (!isTold) slot.owed -= 1;
    if (slot.taken <= 0) this.slots = this.slots.filter((other) => other !== slot);
    this.blockedUntil = 0;
    return isTold;
  }

  /** Never beyond a window from now: what Redis says comes from other clocks. */
  block(until: number, time: number): void {
    this.blockedUntil = Math.min(until, time + this.windowMs);
  }

  /** The slots with tokens that Redis does not know of. */
  owing(time: number): Slot[] {
    this.forget(time);
    return this.slots.filter(({ owed }) => owed > 0);
  }

  private slotOf(time: number): number {
    return Math.floor(time / this.grainMs);
  }

  private used(): number {
    return this.slots.reduce((sum, { taken }) => sum + taken, 0);
  }

  /** What is over, and what lies further ahead than a window: the clock was set back. As in the script. */
  private forget(time: number): void {
    while (this.slots[0] && this.slots[0].at <= time - this.windowMs) this.slots.shift();
    while ((this.slots.at(-1)?.at ?? time) >= time + this.windowMs) this.slots.pop();
    if (this.blockedUntil > time + this.windowMs) this.blockedUntil = 0;
  }
}
