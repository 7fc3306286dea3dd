/**
 * Tokens taken within one second (within a sixtieth of a window shorter than a minute). All count from the last of
 * them, as in lib/rate-limit/scripts.ts.
 */
export interface WindowSlot {
  /** Milliseconds since the epoch. */
  at: number;
  taken: number;
  /** How many of them are not in Redis yet. */
  unsynced: number;
}

/** One bucket in this process: when its tokens were taken, oldest first. */
export class SlidingWindow {
  private slots: WindowSlot[] = [];
  /** Redis has no tokens left until then (ms since the epoch). */
  private blockedUntil = 0;

  /** Length of a slot. */
  private readonly slotMs: number;

  constructor(
    private readonly limit: number,
    private readonly windowMs: number,
  ) {
    this.slotMs = Math.min(1000, Math.max(1, Math.floor(windowMs / 60)));
  }

  /** Whether this process has a token left by its own count, ignoring blocks by Redis. */
  hasCapacity(time: number): boolean {
    this.expireSlots(time);
    return this.used() < this.limit;
  }

  /** Tokens left, as known to this process. */
  remaining(time: number): number {
    this.expireSlots(time);
    if (this.blockedUntil > time) return 0;
    return this.limit - this.used();
  }

  /** When the next token comes back; `time` when none are taken. */
  resetAt(time: number): number {
    this.expireSlots(time);
    const [oldest] = this.slots;
    const at = oldest ? oldest.at + this.windowMs : time;
    if (this.blockedUntil <= time) return at;
    // Redis counts all processes; this process's own count matters only when it has used the whole limit.
    return this.used() < this.limit ? this.blockedUntil : Math.max(at, this.blockedUntil);
  }

  /** Counts one token and returns its slot, so that it can be marked as synced later. */
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
   * Removes one token, and lifts a block by Redis: one more token is available now.
   * @returns whether Redis has the token
   */
  remove(slot: WindowSlot, unsynced: 0 | 1): boolean {
    const isSynced = unsynced === 0 || slot.unsynced === 0;
    slot.taken -= 1;
    if (!isSynced) slot.unsynced -= 1;
    if (slot.taken <= 0) this.slots = this.slots.filter((candidate) => candidate !== slot);
    this.blockedUntil = 0;
    return isSynced;
  }

  /** Blocks the caller, at most for one window: `until` may come from another clock. */
  block(until: number, time: number): void {
    this.blockedUntil = Math.min(until, time + this.windowMs);
  }

  /** The slots with tokens that are not in Redis yet. */
  unsyncedSlots(time: number): WindowSlot[] {
    this.expireSlots(time);
    return this.slots.filter(({ unsynced }) => unsynced > 0);
  }

  private slotIndex(time: number): number {
    return Math.floor(time / this.slotMs);
  }

  private used(): number {
    return this.slots.reduce((sum, { taken }) => sum + taken, 0);
  }

  /** Drops expired slots, and slots more than a window ahead (the clock was set back), as the script does. */
  private expireSlots(time: number): void {
    while (this.slots[0] && this.slots[0].at <= time - this.windowMs) this.slots.shift();
    while ((this.slots.at(-1)?.at ?? time) >= time + this.windowMs) this.slots.pop();
    if (this.blockedUntil > time + this.windowMs) this.blockedUntil = 0;
  }
}
