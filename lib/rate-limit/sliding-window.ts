import { expectedRequests, type Lease, usableTokens } from "./lease";

/**
 * Tokens taken within one second (within a sixtieth of a window shorter than a minute). All count from the last of
 * them, as in lib/rate-limit/scripts.ts.
 */
export interface WindowSlot {
  /** Milliseconds since the epoch. */
  at: number;
  taken: number;
  /** How many of them Redis does not have as taken yet. */
  unreported: number;
  /** How many of them are in reports whose outcome is not known yet. */
  reporting: number;
}

/** One bucket in this process: when its tokens were taken, oldest first, and the tokens reserved for it in Redis. */
export class SlidingWindow {
  private slots: WindowSlot[] = [];
  /** Redis has no tokens left until then (ms since the epoch), except those reserved for this process. */
  private blockedUntil = 0;
  /** Tokens that other processes had taken or reserved, as of the last reply. */
  private takenByOthers = 0;
  private lease: Lease | null = null;
  /** A call has asked for a lease, so no other does. */
  private isLeasing = false;
  /** When the last call about this bucket was sent (ms). */
  private askedAt = 0;

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
    return this.used(time) < this.limit;
  }

  /** Tokens left, as known to this process alone. Those of a lease that has ended are left too: a call returns them. */
  remaining(time: number): number {
    const used = this.used(time);
    if (this.blockedUntil > time) return this.lease ? this.lease.size - this.lease.used : 0;
    return this.limit - used;
  }

  /** Tokens left, with what the last reply showed of other processes. */
  sharedRemaining(time: number): number {
    return Math.max(usableTokens(this.lease, time), this.limit - this.used(time) - this.takenByOthers, 0);
  }

  /** When the next token comes back; `time` when none are taken. */
  resetAt(time: number): number {
    const used = this.used(time);
    const [oldest] = this.slots;
    const at = oldest ? oldest.at + this.windowMs : time;
    if (this.blockedUntil <= time) return at;
    // Redis counts all processes; this process's own count matters only when it has used the whole limit.
    return used < this.limit ? this.blockedUntil : Math.max(at, this.blockedUntil);
  }

  /** Counts one token and returns its slot, so that it can be marked as reported later. */
  add(time: number, unreported: 0 | 1): WindowSlot {
    const last = this.slots.at(-1);
    if (last && (last.at >= time || this.slotIndex(last.at) === this.slotIndex(time))) {
      last.at = Math.max(last.at, time);
      last.taken += 1;
      last.unreported += unreported;
      return last;
    }
    const slot = { at: time, taken: 1, unreported, reporting: 0 };
    this.slots.push(slot);
    return slot;
  }

  /**
   * Removes one token, and lifts a block by Redis: one more token is available now.
   * @returns whether Redis has the token
   */
  remove(slot: WindowSlot, unreported: 0 | 1): boolean {
    const isReported = unreported === 0 || slot.unreported === 0;
    slot.taken -= 1;
    if (!isReported) slot.unreported -= 1;
    if (slot.taken <= 0) this.slots = this.slots.filter((candidate) => candidate !== slot);
    this.blockedUntil = 0;
    return isReported;
  }

  /** Blocks the caller, at most for one window: `until` may come from another clock. */
  block(until: number, time: number): void {
    this.blockedUntil = Math.min(until, time + this.windowMs);
  }

  /** Whether a request needs no call. */
  hasLeasedToken(time: number): boolean {
    return usableTokens(this.lease, time) > 0 && this.hasCapacity(time);
  }

  /** Counts one token of the lease. */
  takeLeasedToken(time: number): WindowSlot {
    if (this.lease) this.lease.used += 1;
    return this.add(time, 1);
  }

  /** How many tokens to reserve for the requests to come; then no other call asks until {@link endLeasing}. */
  startLeasing(time: number): number {
    const wanted = this.isLeasing ? 0 : expectedRequests(this.used(time));
    this.isLeasing ||= wanted > 0;
    return wanted;
  }

  endLeasing(): void {
    this.isLeasing = false;
  }

  /** Ends the lease: the call that gives it up to Redis takes it. */
  takeLease(): Lease | null {
    const { lease } = this;
    this.lease = null;
    return lease;
  }

  /** @param remaining  tokens left in Redis beside the lease */
  applyReply(remaining: number, lease: Lease | null, time: number): void {
    if (lease) this.lease = lease;
    const reserved = this.lease ? this.lease.size - this.lease.used : 0;
    this.takenByOthers = Math.max(0, this.limit - remaining - reserved - this.used(time));
  }

  /** The slots with tokens that Redis does not have as taken yet. */
  unreportedSlots(time: number): WindowSlot[] {
    this.expireSlots(time);
    return this.slots.filter(({ unreported }) => unreported > 0);
  }

  /** Whether the last call about this bucket is so long ago (ms) that a refusal may be out of date. */
  isOutdated(time: number, afterMs: number): boolean {
    return Math.abs(time - this.askedAt) >= afterMs;
  }

  /**
   * Begins a call about this bucket, which reports all tokens that Redis does not have.
   * @returns how many tokens Redis has from this process once it has the call, at least
   */
  startCall(time: number): number {
    this.askedAt = time;
    this.expireSlots(time);
    return this.slots.reduce((sum, { taken, reporting }) => sum + taken - reporting, 0);
  }

  /** Drops tokens, the oldest first, that Redis had and has lost: an operator has lifted the limit, or it was emptied. */
  dropLost(count: number): void {
    let left = count;
    for (const slot of this.slots) {
      const dropped = Math.min(left, Math.max(0, slot.taken - slot.unreported - slot.reporting));
      slot.taken -= dropped;
      left -= dropped;
    }
    this.slots = this.slots.filter(({ taken }) => taken > 0);
  }

  liftBlock(): void {
    this.blockedUntil = 0;
  }

  /** Whether tokens were taken that Redis had not reserved for it. */
  hasTakenAlone(time: number): boolean {
    const unreported = this.unreportedSlots(time).reduce((sum, slot) => sum + slot.unreported, 0);
    return unreported > (this.lease?.used ?? 0);
  }

  private slotIndex(time: number): number {
    return Math.floor(time / this.slotMs);
  }

  private used(time: number): number {
    this.expireSlots(time);
    return this.slots.reduce((sum, { taken }) => sum + taken, 0);
  }

  /** Drops expired slots, and slots more than a window ahead (the clock was set back), as the script does. */
  private expireSlots(time: number): void {
    while (this.slots[0] && this.slots[0].at <= time - this.windowMs) this.slots.shift();
    while ((this.slots.at(-1)?.at ?? time) >= time + this.windowMs) this.slots.pop();
    if (this.blockedUntil > time + this.windowMs) this.blockedUntil = 0;
  }
}
