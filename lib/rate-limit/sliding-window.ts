/**
 * Tokens taken within one second (within a sixtieth of a window of less than a minute); all count from the last of
 * them, as in lib/rate-limit/scripts.ts.
 */
export interface WindowSlot {
  /** ms since the epoch */
  at: number;
  taken: number;
  /** How many of them Redis has not been told of. */
  unsynced: number;
}

/** When one caller's tokens of one limit were taken in this process, oldest first. */
export class SlidingWindow {
  private slots: WindowSlot[] = [];
  /** Redis said that there is nothing left until then (ms since the epoch). */
  private blockedUntil = 0;

  /** How long a slot is. */
  private readonly slotMs: number;

  constructor(
    private readonly limit: number,
    private readonly windowMs: number,
  ) {
    this.slotMs = Math.min(1000, Math.max(1, Math.floor(windowMs / 60)));
  }

  /** Whether this process may let one more through, whatever Redis says. */
  hasCapacity(time: number): boolean {
    this.expireSlots(time);
    return this.used() < this.limit;
  }

  /** What is left now, as far as this process knows. */
  remaining(time: number): number {
    this.expireSlots(time);
    if (this.blockedUntil > time) return 0;
    return this.limit - this.used();
  }

  /** When the next token comes back; `time` when all are there. */
  resetAt(time: number): number {
    this.expireSlots(time);
    const [oldest] = this.slots;
    const at = oldest ? oldest.at + this.windowMs : time;
    if (this.blockedUntil <= time) return at;
    // Redis knows of all processes; this one may have more to say only when it is spent by itself.
    return this.used() < this.limit ? this.blockedUntil : Math.max(at, this.blockedUntil);
  }

  /** Counts one token, and returns where, so that it can be declared known to Redis later. */
  add(time: number, unsynced: 0 | 1): WindowSlot {
    const last = this.slots.at(-1);
    if (last && (last.at >= time || this.slotIndex(last.at) === this.slotIndex(time))) {
      last.at = Math.max(last.at, time);
      last.taken += 1;
      last.unsynced += unsynced;
      return last;
    }
    const slot = { at: time, taken: 1, unsynced };
    this.slots.push(slot);
    return slot;
  }

  /**
   * Takes one token out again, and lets a caller in whom Redis would not: it has one more to give now.
   * @returns whether Redis has been told of it
   */
  remove(slot: WindowSlot, unsynced: 0 | 1): boolean {
    const isSynced = unsynced === 0 || slot.unsynced === 0;
    slot.taken -= 1;
    if (!isSynced) slot.unsynced -= 1;
    if (slot.taken <= 0) this.slots = this.slots.filter((other) => other !== slot);
    this.blockedUntil = 0;
    return isSynced;
  }

  /** Never beyond a window from now: what Redis says comes from other clocks. */
  block(until: number, time: number): void {
    this.blockedUntil = Math.min(until, time + this.windowMs);
  }

  /** The slots with tokens that Redis does not know of. */
  unsyncedSlots(time: number): WindowSlot[] {
    this.expireSlots(time);
    return this.slots.filter(({ unsynced: owed }) => owed > 0);
  }

  private slotIndex(time: number): number {
    return Math.floor(time / this.slotMs);
  }

  private used(): number {
    return this.slots.reduce((sum, { taken }) => sum + taken, 0);
  }

  /** What is over, and what lies further ahead than a window: the clock was set back. As in the script. */
  private expireSlots(time: number): void {
    while (this.slots[0] && this.slots[0].at <= time - this.windowMs) this.slots.shift();
    while ((this.slots.at(-1)?.at ?? time) >= time + this.windowMs) this.slots.pop();
    if (this.blockedUntil > time + this.windowMs) this.blockedUntil = 0;
  }
}
